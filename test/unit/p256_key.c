/* Keys of the formats that openssl writes, what is refused, and that libcrypto takes the signatures. */
#include "trust/p256_key.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "test.h"

enum form { PKCS8, SEC1, ENCRYPTED, PUBLIC };

static void pem_of(struct buf *out, EVP_PKEY *key, enum form form)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	if (form == PKCS8)
		PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	else if (form == SEC1)
		PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
	else if (form == ENCRYPTED)
		PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_128_cbc(), "x", 1, NULL, NULL);
	else
		PEM_write_bio_PUBKEY(bio, key);
	n = BIO_get_mem_data(bio, &p);
	buf_add(out, p, (size_t)n);
	BIO_free(bio);
}

/* r and s back into DER, as libcrypto has it. */
static bool verifies(EVP_PKEY *key, const uint8_t sig[static P256_KEY_SIGNATURE], struct span m)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	bool ok;
	int n;

	ECDSA_SIG_set0(pair, BN_bin2bn(sig, 32, NULL), BN_bin2bn(sig + 32, 32, NULL));
	n = i2d_ECDSA_SIG(pair, &der);
	ok = n > 0 && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, der, (size_t)n, m.p, m.n) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(ctx);
	return ok;
}

static void signs(void)
{
	static const enum form forms[] = { PKCS8, SEC1 };
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	struct span message = str_span(STR("header.payload"));

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		CLEANUP(buf_done) struct buf pem = buf_init(1 << 16);
		CLEANUP(p256_key_freep) struct p256_key *k = NULL;
		uint8_t sig[P256_KEY_SIGNATURE] = { 0 };
		struct err e = { 0 };

		pem_of(&pem, key, forms[i]);
		CHECK_OK(p256_key_of_pem(&k, buf_span(&pem), &e), e);
		/* short r or s come about once in 128 signatures */
		for (int n = 0; k && n < 400; n++) {
			CHECK_OK(p256_key_sign(sig, k, message, &e), e);
			CHECK(verifies(key, sig, message));
		}
		CHECK(!verifies(other, sig, message));
		sig[40] ^= 1;
		CHECK(!verifies(key, sig, message));
	}
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

static void refuse(EVP_PKEY *key, enum form form, enum err_kind want, const char *words)
{
	CLEANUP(buf_done) struct buf pem = buf_init(1 << 16);
	CLEANUP(p256_key_freep) struct p256_key *k = NULL;
	struct err e = { 0 };

	pem_of(&pem, key, form);
	CHECK_ERR(p256_key_of_pem(&k, buf_span(&pem), &e), e, want);
	CHECK(strstr(e.text, words) && !k);
	EVP_PKEY_free(key);
}

static void refuses(void)
{
	CLEANUP(buf_done) struct buf big = buf_init(1 << 20);
	struct p256_key *k = NULL;
	struct err e = { 0 };

	refuse(EVP_EC_gen("P-384"), PKCS8, ERR_USAGE, "P-256 alone");
	refuse(EVP_EC_gen("secp256k1"), PKCS8, ERR_USAGE, "P-256 alone");
	refuse(EVP_RSA_gen(2048), PKCS8, ERR_USAGE, "P-256 alone");
	refuse(EVP_EC_gen("P-256"), ENCRYPTED, ERR_USAGE, "passphrase");
	refuse(EVP_EC_gen("P-256"), PUBLIC, ERR_FORMAT, "no private key");
	CHECK_ERR(p256_key_of_pem(&k, span_make(NULL, 0), &e), e, ERR_FORMAT);
	buf_fill(&big, ' ', P256_KEY_FILE_MAX + 1);
	CHECK_ERR(p256_key_of_pem(&k, buf_span(&big), &e), e, ERR_LIMIT);
}

int main(void)
{
	signs();
	refuses();
	return test_end();
}
