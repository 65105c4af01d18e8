#include "trust/credential_rsa.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/crypto_context.h"
#include "trust/public_key.h"
#include "base/banned.h"

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

bool credential_rsa_seed(uint8_t seed[static DIGEST_MAX], struct buf *out,
	const struct tpm_public *ek, const struct credential_chance *chance, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;

	if (!public_key_of_tpm(&key, ek, e))
		return false;
	if (!encrypt_seed(out, key, ek, chance))
		return err_set(e, ERR_FORMAT, "EK takes no credential");
	memcpy(seed, chance->seed, digest_size(ek->name_alg));
	return true;
}
