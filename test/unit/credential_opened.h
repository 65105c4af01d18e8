/*
 * What TPM2_ActivateCredential does once it has the seed, with libcrypto's own key derivation: an independent judge of the
 * credentials that are made.
 */
#ifndef ASSAY_TEST_CREDENTIAL_OPENED_H
#define ASSAY_TEST_CREDENTIAL_OPENED_H

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include "base/rd.h"
#include "test.h"
#include "trust/credential.h"

/* The hash that names the EK. */
static const char *ek_hash = "SHA256";
static size_t ek_hash_size = 32;

/* KDFa by libcrypto: its KBKDF in counter mode with separator and length is the TPM's function. */
static void kdf(uint8_t *out, size_t n, const uint8_t *seed, const char *label, struct span context)
{
	EVP_KDF *f = EVP_KDF_fetch(NULL, "KBKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(f);
	char mode[] = "COUNTER", mac[] = "HMAC", digest[8];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("mode", mode, 0),
		OSSL_PARAM_construct_utf8_string("mac", mac, 0),
		OSSL_PARAM_construct_utf8_string("digest", digest, 0),
		OSSL_PARAM_construct_octet_string("key", (void *)(uintptr_t)seed, ek_hash_size),
		OSSL_PARAM_construct_octet_string("salt", (void *)(uintptr_t)label, strlen(label)),
		OSSL_PARAM_construct_octet_string("info", (void *)(uintptr_t)context.p, context.n),
		OSSL_PARAM_construct_end(),
	};

	snprintf(digest, sizeof digest, "%s", ek_hash);
	CHECK(EVP_KDF_derive(ctx, out, n, params) == 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(f);
}

static bool opened(const struct credential *c, const uint8_t *seed, const struct tpm_name *name,
	uint8_t secret[32])
{
	uint8_t sym[16], mac_key[48], mac[48], iv[16] = { 0 }, plain[64];
	CLEANUP(buf_done) struct buf in = buf_init(1024);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct rd r = rd_of(buf_span(&c->id_object));
	struct span hmac = rd_bytes(&r, rd_u16be(&r)), enc = rd_bytes(&r, rd_left(&r));
	int out = 0;

	kdf(sym, sizeof sym, seed, "STORAGE", span_make(name->bytes, name->n));
	kdf(mac_key, ek_hash_size, seed, "INTEGRITY", span_make("", 0));
	buf_add(&in, enc.p, enc.n);
	buf_add(&in, name->bytes, name->n);
	HMAC(EVP_get_digestbyname(ek_hash), mac_key, (int)ek_hash_size, in.p, in.n, mac, NULL);
	EVP_DecryptInit_ex(ctx, EVP_aes_128_cfb128(), NULL, sym, iv);
	EVP_DecryptUpdate(ctx, plain, &out, enc.p, (int)enc.n);
	EVP_CIPHER_CTX_free(ctx);
	if (hmac.n != ek_hash_size || memcmp(hmac.p, mac, ek_hash_size) || out != 34 || plain[0] ||
		plain[1] != 32)
		return false;
	memcpy(secret, plain + 2, 32);
	return true;
}

#endif
