#include "trust/credential.h"

#include <openssl/evp.h>

#include "base/crypto_context.h"
#include "evidence/tpm_alg.h"
#include "trust/credential_ecc.h"
#include "trust/credential_rsa.h"
#include "base/banned.h"

enum { AES_128_SIZE = 16 };

static bool is_taken(enum digest_alg alg)
{
	return alg == DIGEST_SHA256 || alg == DIGEST_SHA384;
}

static bool mac(uint8_t *out, enum digest_alg alg, struct span key, struct span data)
{
	return EVP_Q_mac(crypto_context(), "HMAC", NULL, digest_name(alg), NULL, key.p, key.n,
		       data.p, data.n, out, DIGEST_MAX, NULL) != NULL;
}

/*
 * KDFa (Part 1, section 11.4.10.2) for at most one block: HMAC(key, 1 | label 00 | contextU | contextV | bits), contextV
 * empty.
 */
static bool kdfa(uint8_t *out, size_t n, enum digest_alg alg, struct span key, const char *label,
	struct span context)
{
	CLEANUP(buf_done) struct buf in = buf_init(512);
	uint8_t block[DIGEST_MAX];

	if (n > digest_size(alg))
		return false;
	buf_u32be(&in, 1);
	buf_add(&in, label, strlen(label) + 1);
	buf_add(&in, context.p, context.n);
	buf_u32be(&in, (uint32_t)n * 8);
	if (!buf_ok(&in) || !mac(block, alg, key, buf_span(&in)))
		return false;
	memcpy(out, block, n);
	return true;
}

/* AES-128-CFB of u16 size | secret with an IV of zeroes. */
static bool encrypt_identity(struct buf *out, const uint8_t key[static AES_128_SIZE],
	const uint8_t secret[static CREDENTIAL_SECRET_SIZE])
{
	uint8_t iv[16] = { 0 }, in[2 + CREDENTIAL_SECRET_SIZE] = { 0, CREDENTIAL_SECRET_SIZE };
	uint8_t enc[sizeof in];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *aes = EVP_CIPHER_fetch(crypto_context(), "AES-128-CFB", NULL);
	int n = 0;
	bool ok;

	memcpy(in + 2, secret, CREDENTIAL_SECRET_SIZE);
	ok = ctx && aes && EVP_EncryptInit_ex(ctx, aes, NULL, key, iv) == 1 &&
	     EVP_EncryptUpdate(ctx, enc, &n, in, sizeof in) == 1 && n == sizeof in;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(aes);
	if (ok)
		buf_add(out, enc, sizeof enc);
	return ok;
}

/* TPM2B_DIGEST(HMAC over encIdentity and name), encIdentity. seed: as many bytes as the EK's name algorithm has. */
static bool seal(struct buf *out, const struct tpm_public *ek, const struct tpm_name *name,
	struct span seed, const uint8_t secret[static CREDENTIAL_SECRET_SIZE])
{
	CLEANUP(buf_done) struct buf identity = buf_init(256);
	struct span name_bytes = { name->bytes, name->n };
	uint8_t sym_key[AES_128_SIZE], mac_key[DIGEST_MAX], outer[DIGEST_MAX];
	size_t enc_size;

	if (!kdfa(sym_key, sizeof sym_key, ek->name_alg, seed, "STORAGE", name_bytes) ||
		!kdfa(mac_key, seed.n, ek->name_alg, seed, "INTEGRITY", span_make(NULL, 0)) ||
		!encrypt_identity(&identity, sym_key, secret))
		return false;
	enc_size = identity.n;
	buf_add(&identity, name->bytes, name->n);
	if (!mac(outer, ek->name_alg, span_make(mac_key, seed.n), buf_span(&identity)))
		return false;
	buf_u16be(out, (uint16_t)seed.n);
	buf_add(out, outer, seed.n);
	buf_add(out, identity.p, enc_size);
	return buf_ok(out);
}

bool credential_make(struct credential *ret, const struct tpm_public *ek,
	const struct tpm_name *name, const struct credential_chance *chance, struct err *e)
{
	struct credential c = { buf_init(CREDENTIAL_PART_MAX), buf_init(CREDENTIAL_PART_MAX) };
	uint8_t seed[DIGEST_MAX];
	bool ok;

	if ((ek->type != TPM_ALG_RSA && ek->type != TPM_ALG_ECC) || !is_taken(ek->name_alg) ||
		ek->symmetric.alg != TPM_ALG_AES || ek->symmetric.bits != 128 ||
		ek->symmetric.mode != TPM_ALG_CFB)
		return err_set(e, ERR_FORMAT,
			"EK is %s with %s-%u, want RSA or ECC with AES-128-CFB and SHA-256 or SHA-384",
			tpm_alg_name(ek->type), tpm_alg_name(ek->symmetric.alg),
			ek->symmetric.bits);
	ok = (ek->type == TPM_ALG_RSA
			     ? credential_rsa_seed(seed, &c.encrypted_secret, ek, chance, e)
			     : credential_ecc_seed(seed, &c.encrypted_secret, ek, chance, e)) &&
	     (seal(&c.id_object, ek, name, span_make(seed, digest_size(ek->name_alg)),
		      chance->secret) ||
		     err_set(e, ERR_LIMIT, "credential: no memory"));
	crypto_context_forget_errors();
	if (!ok) {
		credential_done(&c);
		return false;
	}
	*ret = c;
	return true;
}

void credential_done(struct credential *c)
{
	buf_done(&c->id_object);
	buf_done(&c->encrypted_secret);
}
