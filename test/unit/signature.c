#include "trust/signature.h"

#include "base/hex.h"
#include "tpm_made.h"

static EVP_PKEY *rsa, *ecc;

static const struct made_key ak = {
	.attributes = MADE_AK_ATTRIBUTES, .scheme = TPM_ALG_ECDSA, .hash = TPM_ALG_SHA256
};
static const struct made_key ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true };

static void keys(void)
{
	CLEANUP(buf_done) struct buf a = made_public(ecc, ak);
	CLEANUP(buf_done) struct buf b = made_public(rsa, ek);
	CLEANUP(public_key_freep) struct public_key *ka = NULL, *kb = NULL, *kc = NULL;
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&a), &e), e);
	CHECK_OK(public_key_of_tpm(&ka, &p, &e), e);
	CHECK(EVP_PKEY_eq(public_key_pkey(ka), ecc) == 1);
	a.p[a.n - 1] ^= 1; /* no point of the curve */
	CHECK_OK(tpm_public_parse(&p, buf_span(&a), &e), e);
	CHECK_ERR(public_key_of_tpm(&kc, &p, &e), e, ERR_FORMAT);
	CHECK_OK(tpm_public_parse(&p, buf_span(&b), &e), e);
	CHECK_OK(public_key_of_tpm(&kb, &p, &e), e);
	CHECK(EVP_PKEY_eq(public_key_pkey(kb), rsa) == 1);
	CHECK(public_key_equal(ka, ka) && !public_key_equal(ka, kb));
}

/* With the exponent 1 a signature is what it must say: nobody needs a key for it. */
static void exponents(void)
{
	static const struct {
		uint32_t exponent;
		bool fine;
	} cases[] = { { 0, true }, { 65537, true }, { 0xffffffff, true }, { 1, false },
		{ 2, false }, { 3, false }, { 17, false }, { 65535, false }, { 65536, false },
		{ 65538, false } };
	static const uint8_t message[] = "what nobody signed", sha256_info[] = { 0x00, 0x30, 0x31,
		0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
		0x00, 0x04, 0x20 };
	struct made_key k = { MADE_AK_ATTRIBUTES, TPM_ALG_RSASSA, TPM_ALG_SHA256, 0, false };
	CLEANUP(buf_done) struct buf pub = made_public(rsa, k);
	uint8_t forged[256] = { 0x00, 0x01 };
	struct signature_alg alg = { SIGNATURE_RSASSA, DIGEST_SHA256 };
	struct tpm_public p;
	struct err e = { 0 };

	memset(forged + 2, 0xff, sizeof forged - 2);
	memcpy(forged + 256 - 32 - sizeof sha256_info, sha256_info, sizeof sha256_info);
	sha256_of(forged + 256 - 32, SPAN_OF(message));
	CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(public_key_freep) struct public_key *key = NULL;

		p.exponent = cases[i].exponent;
		CHECK(public_key_of_tpm(&key, &p, &e) == cases[i].fine);
		CHECK(cases[i].fine || e.kind == ERR_SIGNATURE);
		CHECK(!key || !signature_verify(key, alg, SPAN_OF(message), SPAN_OF(forged), &e));
	}
}

/* One key, one scheme, one hash: nothing else verifies, even where the numbers would. */
static void verifies(EVP_PKEY *key, uint16_t scheme, enum signature_scheme want)
{
	static const uint8_t message[] = "what was signed";
	struct made_key k = { MADE_AK_ATTRIBUTES, scheme, TPM_ALG_SHA256, 0, false };
	CLEANUP(buf_done) struct buf pub = made_public(key, k);
	CLEANUP(buf_done)
	struct buf sig = made_signature(key, scheme, "SHA256", TPM_ALG_SHA256, SPAN_OF(message));
	CLEANUP(public_key_freep) struct public_key *pk = NULL;
	struct signature_alg alg;
	struct tpm_signature s;
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
	CHECK_OK(signature_alg_of_tpm(&alg, &p, &e), e);
	CHECK(alg.scheme == want && alg.digest == DIGEST_SHA256);
	CHECK_OK(public_key_of_tpm(&pk, &p, &e), e);
	CHECK_OK(tpm_signature_parse(&s, buf_span(&sig), &e), e);
	CHECK_OK(signature_verify_tpm(pk, alg, SPAN_OF(message), &s, &e), e);
	CHECK_ERR(signature_verify_tpm(pk, alg, span_make(message, 3), &s, &e), e, ERR_SIGNATURE);
	s.digest = DIGEST_SHA384;
	CHECK_ERR(signature_verify_tpm(pk, alg, SPAN_OF(message), &s, &e), e, ERR_MISMATCH);
	s.digest = DIGEST_SHA256;
	s.alg = scheme == TPM_ALG_RSASSA ? TPM_ALG_RSAPSS : TPM_ALG_RSASSA;
	CHECK_ERR(signature_verify_tpm(pk, alg, SPAN_OF(message), &s, &e), e, ERR_MISMATCH);
	for (size_t at = 6; at < sig.n; at += 5) {
		sig.p[at] ^= 0x10;
		CHECK(!tpm_signature_parse(&s, buf_span(&sig), &e) ||
			!signature_verify_tpm(pk, alg, SPAN_OF(message), &s, &e));
		sig.p[at] ^= 0x10;
	}
}

/* r or s zero, r and s the order of P-256. */
static void edge_numbers(void)
{
	static const char
		order[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
	CLEANUP(buf_done) struct buf pub = made_public(ecc, ak);
	CLEANUP(public_key_freep) struct public_key *pk = NULL;
	struct signature_alg alg = { SIGNATURE_ECDSA, DIGEST_SHA256 };
	uint8_t zero[32] = { 0 }, n[32], one[32] = { [31] = 1 };
	const uint8_t *const values[] = { zero, n, one };
	struct tpm_public p;
	struct err e = { 0 };

	CHECK(hex_read(str_of(order), n, sizeof n));
	CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
	CHECK_OK(public_key_of_tpm(&pk, &p, &e), e);
	for (size_t i = 0; i < 9; i++) {
		struct tpm_signature s = { .alg = TPM_ALG_ECDSA,
			.hash = TPM_ALG_SHA256,
			.digest = DIGEST_SHA256,
			.r = { values[i / 3], 32 },
			.s = { values[i % 3], 32 } };

		CHECK_ERR(signature_verify_tpm(pk, alg, SPAN_OF(zero), &s, &e), e, ERR_SIGNATURE);
	}
	CHECK_ERR(signature_verify(pk, (struct signature_alg){ SIGNATURE_ECDSA, DIGEST_SHA1 },
			  SPAN_OF(zero), SPAN_OF(one), &e),
		e, ERR_SIGNATURE);
	CHECK_ERR(signature_verify(pk, (struct signature_alg){ SIGNATURE_RSASSA, DIGEST_SHA256 },
			  SPAN_OF(zero), SPAN_OF(one), &e),
		e, ERR_SIGNATURE);
	CHECK_ERR(
		signature_verify(pk, (struct signature_alg){ 0 }, SPAN_OF(zero), SPAN_OF(one), &e),
		e, ERR_SIGNATURE);
}

static void weak_schemes(void)
{
	static const uint16_t schemes[][2] = { { 0, 0 }, { TPM_ALG_ECDSA, TPM_ALG_SHA1 },
		{ TPM_ALG_RSASSA, TPM_ALG_SHA256 }, { TPM_ALG_ECDSA, 0x0012 } };
	struct signature_alg alg;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		struct made_key k = { MADE_AK_ATTRIBUTES, schemes[i][0], schemes[i][1], 0, false };
		CLEANUP(buf_done) struct buf pub = made_public(ecc, k);
		struct tpm_public p;

		CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
		CHECK_ERR(signature_alg_of_tpm(&alg, &p, &e), e, ERR_SIGNATURE);
	}
}

/* A key of one kind with the scheme of the other, and each hash. */
static void schemes(void)
{
	static const struct {
		uint16_t type, alg, hash;
		enum signature_scheme scheme; /* 0: none is taken */
		enum digest_alg digest;
	} cases[] = {
		{ TPM_ALG_RSA, TPM_ALG_RSASSA, TPM_ALG_SHA256, SIGNATURE_RSASSA, DIGEST_SHA256 },
		{ TPM_ALG_RSA, TPM_ALG_RSASSA, TPM_ALG_SHA384, SIGNATURE_RSASSA, DIGEST_SHA384 },
		{ TPM_ALG_RSA, TPM_ALG_RSAPSS, TPM_ALG_SHA512, SIGNATURE_RSAPSS, DIGEST_SHA512 },
		{ TPM_ALG_ECC, TPM_ALG_ECDSA, TPM_ALG_SHA384, SIGNATURE_ECDSA, DIGEST_SHA384 },
		{ TPM_ALG_RSA, TPM_ALG_RSASSA, TPM_ALG_SHA1, 0, 0 },
		{ TPM_ALG_RSA, TPM_ALG_RSAPSS, TPM_ALG_SHA1, 0, 0 },
		{ TPM_ALG_RSA, TPM_ALG_ECDSA, TPM_ALG_SHA256, 0, 0 },
		{ TPM_ALG_ECC, TPM_ALG_RSASSA, TPM_ALG_SHA256, 0, 0 },
		{ TPM_ALG_ECC, TPM_ALG_RSAPSS, TPM_ALG_SHA256, 0, 0 },
		{ TPM_ALG_RSA, TPM_ALG_NULL, TPM_ALG_SHA256, 0, 0 },
		{ 0, TPM_ALG_RSASSA, TPM_ALG_SHA256, 0, 0 },
		{ 0, TPM_ALG_ECDSA, TPM_ALG_SHA256, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tpm_public p = { .type = cases[i].type };
		struct signature_alg alg = { SIGNATURE_RSASSA, DIGEST_SHA1 };
		struct err e = { 0 };

		p.scheme.alg = cases[i].alg;
		p.scheme.hash = cases[i].hash;
		if (!cases[i].scheme) {
			CHECK_ERR(signature_alg_of_tpm(&alg, &p, &e), e, ERR_SIGNATURE);
			CHECK(alg.digest == DIGEST_SHA1);
			continue;
		}
		CHECK_OK(signature_alg_of_tpm(&alg, &p, &e), e);
		CHECK(alg.scheme == cases[i].scheme && alg.digest == cases[i].digest);
	}
}

/* A key of one kind never verifies by the other's scheme; numbers have zeroes before them as long as they are not too long. */
static void kinds(void)
{
	static uint8_t number[1025];
	static const uint8_t message[] = "what was signed";
	CLEANUP(buf_done) struct buf a = made_public(ecc, ak), b = made_public(rsa, ek);
	CLEANUP(buf_done)
	struct buf sig = made_signature(
		ecc, TPM_ALG_ECDSA, "SHA256", TPM_ALG_SHA256, SPAN_OF(message));
	CLEANUP(public_key_freep) struct public_key *ka = NULL, *kb = NULL;
	const struct span long_r = span_make(number + 1, 1024);
	struct tpm_signature s;
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&a), &e) && public_key_of_tpm(&ka, &p, &e), e);
	CHECK_OK(tpm_public_parse(&p, buf_span(&b), &e) && public_key_of_tpm(&kb, &p, &e), e);
	for (int scheme = SIGNATURE_RSASSA; scheme <= SIGNATURE_ECDSA + 1; scheme++)
		for (int ec = 0; ec < 2; ec++) {
			struct signature_alg alg = { (enum signature_scheme)scheme, DIGEST_SHA256 };

			CHECK_ERR(signature_verify(ec ? ka : kb, alg, SPAN_OF(message),
					  SPAN_OF(message), &e),
				e, ERR_SIGNATURE);
			CHECK((strstr(e.text, "another kind") != NULL) ==
				(scheme <= SIGNATURE_ECDSA && ec != (scheme == SIGNATURE_ECDSA)));
		}
	CHECK_OK(tpm_signature_parse(&s, buf_span(&sig), &e), e);
	memcpy(number + sizeof number - s.r.n, s.r.p, s.r.n);
	CHECK_OK(signature_verify_ecdsa(ka, DIGEST_SHA256, SPAN_OF(message), long_r, s.s, &e), e);
	CHECK_ERR(signature_verify_ecdsa(
			  ka, DIGEST_SHA256, SPAN_OF(message), SPAN_OF(number), s.s, &e),
		e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "longer than 1024"));
	memset(number, 0, sizeof number);
	memcpy(number + sizeof number - s.s.n, s.s.p, s.s.n);
	CHECK_OK(signature_verify_ecdsa(ka, DIGEST_SHA256, SPAN_OF(message), s.r, long_r, &e), e);
	CHECK_ERR(signature_verify_ecdsa(
			  ka, DIGEST_SHA256, SPAN_OF(message), s.r, SPAN_OF(number), &e),
		e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "longer than 1024"));
	CHECK_ERR(signature_verify_ecdsa(ka, DIGEST_SHA384, SPAN_OF(message), s.r, s.s, &e), e,
		ERR_SIGNATURE);
}

int main(void)
{
	rsa = made_rsa();
	ecc = made_ecc("P-256");
	keys();
	exponents();
	verifies(ecc, TPM_ALG_ECDSA, SIGNATURE_ECDSA);
	verifies(rsa, TPM_ALG_RSASSA, SIGNATURE_RSASSA);
	verifies(rsa, TPM_ALG_RSAPSS, SIGNATURE_RSAPSS);
	edge_numbers();
	weak_schemes();
	schemes();
	kinds();
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ecc);
	return test_end();
}
