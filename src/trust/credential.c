#include "trust/credential.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/crypto_context.h"
#include "evidence/tpm_alg.h"
#include "trust/public_key.h"
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

/* TPM2B_DIGEST(HMAC over encIdentity and name), encIdentity. */
static bool seal(struct buf *out, const struct tpm_public *ek, const struct tpm_name *name,
	const struct credential_chance *chance)
{
	CLEANUP(buf_done) struct buf identity = buf_init(256);
	struct span seed = { chance->seed, digest_size(ek->name_alg) };
	struct span name_bytes = { name->bytes, name->n };
	uint8_t sym_key[AES_128_SIZE], mac_key[DIGEST_MAX], outer[DIGEST_MAX];
	size_t enc_size;

	if (!kdfa(sym_key, sizeof sym_key, ek->name_alg, seed, "STORAGE", name_bytes) ||
		!kdfa(mac_key, seed.n, ek->name_alg, seed, "INTEGRITY", span_make(NULL, 0)) ||
		!encrypt_identity(&identity, sym_key, chance->secret))
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

/* MGF1 (RFC 8017, B.2.1), xored into p. */
static void mask(uint8_t *p, size_t n, enum digest_alg alg, const uint8_t *seed, size_t seed_size)
{
	uint8_t in[CREDENTIAL_PART_MAX + 4];

	memcpy(in, seed, seed_size);
	for (uint32_t i = 0; (size_t)i * digest_size(alg) < n; i++) {
		struct digest d;

		in[seed_size] = (uint8_t)(i >> 24);
		in[seed_size + 1] = (uint8_t)(i >> 16);
		in[seed_size + 2] = (uint8_t)(i >> 8);
		in[seed_size + 3] = (uint8_t)i;
		d = digest_of(alg, span_make(in, seed_size + 4));
		for (size_t k = 0; k < digest_size(alg) && i * digest_size(alg) + k < n; k++)
			p[i * digest_size(alg) + k] ^= d.bytes[k];
	}
}

/*
 * EME-OAEP (RFC 8017, 7.1.1) of the seed with the label "IDENTITY" and its NUL, into as many bytes as the modulus has:
 * 00 | seed ^ MGF(db) | (hash of label, zeroes, 01, message) ^ MGF(seed). libcrypto's own takes its randomness itself.
 */
static void oaep(
	uint8_t *em, size_t size, enum digest_alg alg, const struct credential_chance *chance)
{
	static const char label[] = "IDENTITY";
	struct digest l = digest_of(alg, SPAN_OF(label));
	size_t h = digest_size(alg), db_size = size - h - 1;
	uint8_t *seed = em + 1, *db = em + 1 + h;

	memset(em, 0, size);
	memcpy(seed, chance->oaep_seed, h);
	memcpy(db, l.bytes, h);
	db[db_size - h - 1] = 1;
	memcpy(db + db_size - h, chance->seed, h);
	mask(db, db_size, alg, seed, h);
	mask(seed, h, alg, db, db_size);
}

static bool encrypt_seed(struct buf *out, const struct public_key *key, const struct tpm_public *ek,
	const struct credential_chance *chance)
{
	uint8_t em[TPM_PUBLIC_RSA_BITS_MAX / 8], enc[sizeof em];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(
		crypto_context(), public_key_pkey(key), NULL);
	size_t size = ek->modulus.n, n = sizeof enc;
	bool ok;

	oaep(em, size, ek->name_alg, chance);
	ok = ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	     EVP_PKEY_encrypt(ctx, enc, &n, em, size) == 1;
	EVP_PKEY_CTX_free(ctx);
	crypto_context_forget_errors();
	if (ok)
		buf_add(out, enc, n);
	return ok && buf_ok(out);
}

bool credential_make(struct credential *ret, const struct tpm_public *ek,
	const struct tpm_name *name, const struct credential_chance *chance, struct err *e)
{
	struct credential c = { buf_init(CREDENTIAL_PART_MAX), buf_init(CREDENTIAL_PART_MAX) };
	CLEANUP(public_key_freep) struct public_key *key = NULL;

	if (ek->type != TPM_ALG_RSA || !is_taken(ek->name_alg) ||
		ek->symmetric.alg != TPM_ALG_AES || ek->symmetric.bits != 128 ||
		ek->symmetric.mode != TPM_ALG_CFB)
		return err_set(e, ERR_FORMAT,
			"EK is %s with %s-%u, want RSA with AES-128-CFB and SHA-256 or SHA-384",
			tpm_alg_name(ek->type), tpm_alg_name(ek->symmetric.alg),
			ek->symmetric.bits);
	if (!public_key_of_tpm(&key, ek, e))
		return false;
	if (!seal(&c.id_object, ek, name, chance) ||
		!encrypt_seed(&c.encrypted_secret, key, ek, chance)) {
		credential_done(&c);
		return err_set(e, ERR_FORMAT, "EK takes no credential");
	}
	*ret = c;
	return true;
}

void credential_done(struct credential *c)
{
	buf_done(&c->id_object);
	buf_done(&c->encrypted_secret);
}
