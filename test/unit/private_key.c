/* Keys of the formats that openssl writes, new ones, what is refused, and that libcrypto takes the signatures. */
#include "trust/private_key.h"

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
static bool verifies(EVP_PKEY *key, const uint8_t sig[static PRIVATE_KEY_ES256_SIZE], struct span m)
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
		CLEANUP(private_key_freep) struct private_key *k = NULL;
		uint8_t sig[PRIVATE_KEY_ES256_SIZE] = { 0 };
		struct err e = { 0 };

		pem_of(&pem, key, forms[i]);
		CHECK_OK(private_key_of_pem(&k, buf_span(&pem), &e), e);
		/* short r or s come about once in 128 signatures */
		for (int n = 0; k && n < 400; n++) {
			CHECK_OK(private_key_es256(sig, k, message, &e), e);
			CHECK(verifies(key, sig, message));
		}
		CHECK(!verifies(other, sig, message));
		sig[40] ^= 1;
		CHECK(!verifies(key, sig, message));
	}
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

static struct private_key *of(EVP_PKEY *key)
{
	CLEANUP(buf_done) struct buf pem = buf_init(1 << 16);
	struct private_key *k = NULL;
	struct err e = { 0 };

	pem_of(&pem, key, PKCS8);
	CHECK_OK(private_key_of_pem(&k, buf_span(&pem), &e), e);
	return k;
}

static bool takes(EVP_PKEY *key, struct span sig, struct span m, const EVP_MD *md)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
		  EVP_DigestVerify(ctx, sig.p, sig.n, m.p, m.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

/* Signatures as statements have them, of both kinds. */
static void statements(void)
{
	struct span message = str_span(STR("DSSEv1 1 t 2 {}"));

	for (int p256 = 0; p256 < 2; p256++) {
		EVP_PKEY *key = p256 ? EVP_EC_gen("P-256")
				     : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		CLEANUP(private_key_freep) struct private_key *k = of(key);
		CLEANUP(buf_done) struct buf sig = buf_init(128), small = buf_init(8);
		uint8_t es256[PRIVATE_KEY_ES256_SIZE];
		struct err e = { 0 };

		CHECK(private_key_kind_of(k) == (p256 ? PRIVATE_KEY_P256 : PRIVATE_KEY_ED25519));
		CHECK_OK(private_key_sign(&sig, k, message, &e), e);
		CHECK(takes(key, buf_span(&sig), message, p256 ? EVP_sha256() : NULL));
		sig.p[sig.n - 1] ^= 1;
		CHECK(!takes(key, buf_span(&sig), message, p256 ? EVP_sha256() : NULL));
		CHECK_ERR(private_key_sign(&small, k, message, &e), e, ERR_LIMIT);
		if (!p256)
			CHECK_ERR(private_key_es256(es256, k, message, &e), e, ERR_USAGE);
		EVP_PKEY_free(key);
	}
}

/* A new key comes back out of the file that is written of it; no two are one. */
static void makes(void)
{
	static const enum private_key_kind kinds[] = { PRIVATE_KEY_ED25519, PRIVATE_KEY_P256 };
	enum private_key_kind kind;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		CLEANUP(private_key_freep)
		struct private_key *k = NULL, *other = NULL, *back = NULL;
		CLEANUP(buf_done)
		struct buf a = buf_init(400), b = buf_init(400), c = buf_init(400),
			   none = buf_init(8);
		char pem[PRIVATE_KEY_PEM_MAX];
		struct err e = { 0 };
		size_t n = 0;

		CHECK_OK(private_key_new(&k, kinds[i], &e), e);
		CHECK_OK(private_key_new(&other, kinds[i], &e), e);
		CHECK_OK(private_key_pem(pem, &n, k, &e), e);
		CHECK(str_starts(str_make(pem, n), "-----BEGIN PRIVATE KEY-----\n") &&
			str_ends(str_make(pem, n), "-----END PRIVATE KEY-----\n"));
		CHECK_OK(private_key_of_pem(&back, span_make(pem, n), &e), e);
		CHECK_OK(private_key_spki(&a, k, &e), e);
		CHECK_OK(private_key_spki(&b, back, &e), e);
		CHECK_OK(private_key_spki(&c, other, &e), e);
		CHECK(span_equal(buf_span(&a), buf_span(&b)));
		CHECK(!span_equal(buf_span(&a), buf_span(&c)));
		CHECK_ERR(private_key_spki(&none, k, &e), e, ERR_LIMIT);
		CHECK(private_key_kind_of_name(
			      &kind, str_of(private_key_kind_name(private_key_kind_of(k)))) &&
			kind == kinds[i]);
	}
	CHECK(!private_key_kind_of_name(&kind, STR("rsa")) &&
		!private_key_kind_of_name(&kind, STR("")));
}

/* RFC 5915 lets a file say a public key beside the private one: another's is found out before a signature leaves. */
static void two_halves(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256"), *mixed = NULL;
	unsigned char point[65], secret[32];
	OSSL_PARAM params[4];
	BIGNUM *number = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	CLEANUP(buf_done) struct buf sig = buf_init(128);
	uint8_t es256[PRIVATE_KEY_ES256_SIZE];
	struct private_key *k;
	struct err e = { 0 };
	size_t n = 0;

	CHECK(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1);
	CHECK(BN_bn2lebinpad(number, secret, sizeof secret) == sizeof secret);
	CHECK(EVP_PKEY_get_octet_string_param(
		      other, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) == 1);
	params[0] = OSSL_PARAM_construct_utf8_string(
		OSSL_PKEY_PARAM_GROUP_NAME, (char[]){ "prime256v1" }, 0);
	params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, secret, sizeof secret);
	params[2] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, n);
	params[3] = OSSL_PARAM_construct_end();
	CHECK(EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &mixed, EVP_PKEY_KEYPAIR, params) == 1);
	k = of(mixed);
	CHECK_ERR(private_key_sign(&sig, k, str_span(STR("m")), &e), e, ERR_MISMATCH);
	CHECK_ERR(private_key_es256(es256, k, str_span(STR("m")), &e), e, ERR_MISMATCH);
	CHECK(!sig.n);
	private_key_free(k);
	BN_clear_free(number);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(mixed);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

static void refuse(EVP_PKEY *key, enum form form, enum err_kind want, const char *words)
{
	CLEANUP(buf_done) struct buf pem = buf_init(1 << 16);
	CLEANUP(private_key_freep) struct private_key *k = NULL;
	struct err e = { 0 };

	pem_of(&pem, key, form);
	CHECK_ERR(private_key_of_pem(&k, buf_span(&pem), &e), e, want);
	CHECK(strstr(e.text, words) && !k);
	EVP_PKEY_free(key);
}

static void refuses(void)
{
	CLEANUP(buf_done) struct buf big = buf_init(1 << 20);
	struct private_key *k = NULL;
	struct err e = { 0 };

	refuse(EVP_EC_gen("P-384"), PKCS8, ERR_MISMATCH, "another kind");
	refuse(EVP_EC_gen("secp256k1"), PKCS8, ERR_MISMATCH, "another kind");
	refuse(EVP_RSA_gen(2048), PKCS8, ERR_MISMATCH, "another kind");
	refuse(EVP_EC_gen("P-256"), ENCRYPTED, ERR_USAGE, "passphrase");
	refuse(EVP_EC_gen("P-256"), PUBLIC, ERR_FORMAT, "no private key");
	CHECK_ERR(private_key_of_pem(&k, span_make(NULL, 0), &e), e, ERR_FORMAT);
	buf_fill(&big, ' ', PRIVATE_KEY_FILE_MAX);
	CHECK_ERR(private_key_of_pem(&k, buf_span(&big), &e), e, ERR_FORMAT);
	buf_u8(&big, ' ');
	CHECK_ERR(private_key_of_pem(&k, buf_span(&big), &e), e, ERR_LIMIT);
}

int main(void)
{
	signs();
	statements();
	makes();
	two_halves();
	refuses();
	return test_end();
}
