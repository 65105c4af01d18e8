#include "trust/credential.h"

#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include "base/hex.h"
#include "base/rd.h"
#include "tpm_made.h"

static EVP_PKEY *key;

static const struct made_key ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true };
static const struct made_key ak = {
	.attributes = MADE_AK_ATTRIBUTES, .scheme = TPM_ALG_ECDSA, .hash = TPM_ALG_SHA256
};

/* libcrypto's own OAEP takes the seed out again: an independent judge of ours. */
static bool open_seed(struct span enc, uint8_t *seed, size_t *n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	char *label = OPENSSL_strdup("IDENTITY");
	bool ok = EVP_PKEY_decrypt_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
		  EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
		  EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label, 9) == 1 &&
		  EVP_PKEY_decrypt(ctx, seed, n, enc.p, enc.n) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* KDFa by libcrypto: its KBKDF in counter mode with separator and length is the TPM's function. */
static void kdf(uint8_t *out, size_t n, const uint8_t *seed, const char *label, struct span context)
{
	EVP_KDF *f = EVP_KDF_fetch(NULL, "KBKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(f);
	char mode[] = "COUNTER", mac[] = "HMAC", hash[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("mode", mode, 0),
		OSSL_PARAM_construct_utf8_string("mac", mac, 0),
		OSSL_PARAM_construct_utf8_string("digest", hash, 0),
		OSSL_PARAM_construct_octet_string("key", (void *)(uintptr_t)seed, 32),
		OSSL_PARAM_construct_octet_string("salt", (void *)(uintptr_t)label, strlen(label)),
		OSSL_PARAM_construct_octet_string("info", (void *)(uintptr_t)context.p, context.n),
		OSSL_PARAM_construct_end(),
	};

	CHECK(EVP_KDF_derive(ctx, out, n, params) == 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(f);
}

/* What TPM2_ActivateCredential does with the private key. */
static bool activate(const struct credential *c, const struct tpm_name *name, uint8_t secret[32])
{
	uint8_t seed[256], sym[16], mac_key[32], mac[32], iv[16] = { 0 }, plain[64];
	CLEANUP(buf_done) struct buf in = buf_init(1024);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct rd r = rd_of(buf_span(&c->id_object));
	struct span hmac = rd_bytes(&r, rd_u16be(&r)), enc = rd_bytes(&r, rd_left(&r));
	size_t n = sizeof seed;
	int out = 0;

	if (!open_seed(buf_span(&c->encrypted_secret), seed, &n) || n != 32)
		return false;
	kdf(sym, sizeof sym, seed, "STORAGE", span_make(name->bytes, name->n));
	kdf(mac_key, sizeof mac_key, seed, "INTEGRITY", span_make("", 0));
	buf_add(&in, enc.p, enc.n);
	buf_add(&in, name->bytes, name->n);
	HMAC(EVP_sha256(), mac_key, 32, in.p, in.n, mac, NULL);
	EVP_DecryptInit_ex(ctx, EVP_aes_128_cfb128(), NULL, sym, iv);
	EVP_DecryptUpdate(ctx, plain, &out, enc.p, (int)enc.n);
	EVP_CIPHER_CTX_free(ctx);
	if (hmac.n != 32 || memcmp(hmac.p, mac, 32) || out != 34 || plain[0] || plain[1] != 32)
		return false;
	memcpy(secret, plain + 2, 32);
	return true;
}

static struct credential_chance chance(uint8_t first)
{
	struct credential_chance c;

	memset(&c, first, sizeof c);
	memset(c.seed, first + 1, sizeof c.seed);
	memset(c.oaep_seed, first + 2, sizeof c.oaep_seed);
	return c;
}

static void opens(void)
{
	CLEANUP(buf_done) struct buf pub = made_public(key, ek);
	struct credential_chance with = chance(0x11);
	struct tpm_name name = { .n = 34, .bytes = { 0, 0x0b, 7 } }, other = name;
	struct credential c, again;
	struct tpm_public p;
	uint8_t secret[32] = { 0 };
	struct err e = { 0 };

	other.bytes[9] = 1;
	CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
	CHECK_OK(credential_make(&c, &p, &name, &with, &e), e);
	CHECK_OK(credential_make(&again, &p, &name, &with, &e), e);
	CHECK(span_equal(buf_span(&c.id_object), buf_span(&again.id_object)));
	CHECK(span_equal(buf_span(&c.encrypted_secret), buf_span(&again.encrypted_secret)));
	CHECK(c.id_object.n == 2 + 32 + 34 && c.encrypted_secret.n == 256);
	CHECK(activate(&c, &name, secret) && !memcmp(secret, with.secret, 32));
	CHECK(!activate(&c, &other, secret)); /* for another key it does not open */
	c.id_object.p[40] ^= 1;
	CHECK(!activate(&c, &name, secret));
	credential_done(&again);
	with = chance(0x12);
	CHECK_OK(credential_make(&again, &p, &name, &with, &e), e);
	CHECK(!span_equal(buf_span(&c.encrypted_secret), buf_span(&again.encrypted_secret)));
	credential_done(&c);
	credential_done(&again);
}

static void refuses(void)
{
	EVP_PKEY *ecc = made_ecc("P-256");
	CLEANUP(buf_done) struct buf no_storage = made_public(key, ak);
	CLEANUP(buf_done) struct buf curve = made_public(ecc, ek);
	struct credential_chance with = chance(1);
	struct tpm_name name = { .n = 34 };
	struct credential c;
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&no_storage), &e), e);
	CHECK_ERR(credential_make(&c, &p, &name, &with, &e), e, ERR_FORMAT);
	CHECK_OK(tpm_public_parse(&p, buf_span(&curve), &e), e);
	CHECK_ERR(credential_make(&c, &p, &name, &with, &e), e, ERR_FORMAT);
	EVP_PKEY_free(ecc);
}

int main(void)
{
	key = made_rsa();
	opens();
	refuses();
	EVP_PKEY_free(key);
	return test_end();
}
