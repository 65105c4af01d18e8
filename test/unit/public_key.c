/* Keys at the edges of what is taken: sizes, curves, coordinates, and bytes that are no key. */
#include "trust/public_key.h"

#include <openssl/x509.h>

#include "codec/der.h"
#include "key_case.h"
#include "leaks.h"
#include "tpm_made.h"

static bool of_tpm(struct public_key **ret, const struct tpm_public *p, struct err *e)
{
	mem_guard_begin();
	return key_quiet(public_key_of_tpm(ret, p, e));
}

static bool of_spki(struct public_key **ret, struct span der, struct err *e)
{
	mem_guard_begin();
	return key_quiet(public_key_of_spki(ret, der, e));
}

/* A modulus of so many bits: any number will do, it is only read. */
static void sizes(void)
{
	static const struct {
		size_t n;
		uint8_t first;
		const char *says; /* NULL: taken */
	} cases[] = { { 128, 0x80, "RSA key of 1024 bits, want 2048 to 4096" },
		{ 256, 0x7f, "RSA key of 2047 bits, want 2048 to 4096" }, { 256, 0x80, NULL },
		{ 384, 0xff, NULL }, { 512, 0xff, NULL },
		{ 513, 0x01, "RSA key of 4097 bits, want 2048 to 4096" } };
	uint8_t modulus[513];

	memset(modulus, 0x55, sizeof modulus);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(public_key_freep) struct public_key *k = NULL;
		struct tpm_public p = { .type = TPM_ALG_RSA,
			.modulus = span_make(modulus, cases[i].n) };
		struct err e = { 0 };
		bool ok;

		modulus[0] = cases[i].first;
		ok = of_tpm(&k, &p, &e);
		CHECK(ok == !cases[i].says && ok == (k != NULL));
		if (!ok)
			key_says(&e, ERR_SIGNATURE, cases[i].says);
		else
			CHECK(EVP_PKEY_get_size(public_key_pkey(k)) == (int)cases[i].n);
	}
}

static void exponents(void)
{
	uint8_t modulus[256];
	struct tpm_public p = { .type = TPM_ALG_RSA, .modulus = SPAN_OF(modulus) };

	memset(modulus, 0xd5, sizeof modulus);
	for (uint32_t i = 0; i < 4; i++) {
		static const uint32_t fine[] = { 0, 65537, 65539, UINT32_MAX };
		static const uint32_t bad[] = { 65535, 65536, 3, 65538 };
		CLEANUP(public_key_freep) struct public_key *k = NULL, *none = NULL;
		BIGNUM *exp = NULL;
		struct err e = { 0 };

		p.exponent = fine[i];
		CHECK_OK(of_tpm(&k, &p, &e), e);
		CHECK(EVP_PKEY_get_bn_param(public_key_pkey(k), OSSL_PKEY_PARAM_RSA_E, &exp) == 1);
		CHECK(BN_get_word(exp) == (fine[i] ? fine[i] : 65537));
		BN_free(exp);
		p.exponent = bad[i];
		CHECK(!of_tpm(&none, &p, &e) && !none);
		key_says(&e, ERR_SIGNATURE, "RSA key whose exponent is even, or below 65537");
	}
}

static size_t number(uint8_t *out, EVP_PKEY *key, const char *name)
{
	BIGNUM *n = NULL;
	int size;

	CHECK(EVP_PKEY_get_bn_param(key, name, &n) == 1);
	size = BN_bn2bin(n, out);
	BN_free(n);
	return (size_t)size;
}

/* One key of a curve by its coordinates, as they are, and with zeroes before them up to the curve's size. */
static void curve(const char *name, uint16_t id, size_t size)
{
	EVP_PKEY *key = made_ecc(name);
	uint8_t x[80] = { 0 }, y[80] = { 0 };
	size_t nx = number(x + 8, key, OSSL_PKEY_PARAM_EC_PUB_X);
	size_t ny = number(y + 8, key, OSSL_PKEY_PARAM_EC_PUB_Y);
	struct tpm_public p = { .type = TPM_ALG_ECC, .curve = id };

	for (size_t more = 0; more < 3; more++) {
		size_t sx = more ? size - 1 + more : nx, sy = more ? size - 1 + more : ny;

		for (int which = 0; which < 2; which++) {
			CLEANUP(public_key_freep) struct public_key *k = NULL;
			struct err e = { 0 };
			bool ok;

			/* One coordinate is longer than the curve, the other is not. */
			p.x = which ? span_make(x + 8, nx) : span_make(x + 8 + nx - sx, sx);
			p.y = which ? span_make(y + 8 + ny - sy, sy) : span_make(y + 8, ny);
			/* What would stand there if there were room. */
			x[8 + nx - size - 1] = which ? 0 : 4;
			y[8 + ny - size - 1] = which && more == 2 ? x[8 + nx - 1] : 0;
			ok = of_tpm(&k, &p, &e);
			CHECK(ok == (more < 2));
			if (ok)
				CHECK(EVP_PKEY_eq(public_key_pkey(k), key) == 1);
			else
				key_says(&e, ERR_FORMAT, "TPM key: its numbers are no ECC key");
		}
	}
	EVP_PKEY_free(key);
}

/* Keys of P-521 whose first byte is zero are every second one: each length of coordinates is met. */
static void curves(void)
{
	struct tpm_public p = { .type = TPM_ALG_ECC, .curve = 6 };
	struct public_key *k = NULL;
	struct err e = { 0 };
	uint8_t one[32] = { 1 };

	curve("P-256", TPM_CURVE_P256, 32);
	curve("P-384", TPM_CURVE_P384, 48);
	for (int i = 0; i < 8; i++)
		curve("P-521", TPM_CURVE_P521, 66);
	p.x = p.y = SPAN_OF(one);
	CHECK(!of_tpm(&k, &p, &e));
	key_says(&e, ERR_FORMAT, "TPM key: its numbers are no ECC key");
	p.curve = TPM_CURVE_P256;
	CHECK(!of_tpm(&k, &p, &e)); /* lies on no curve */
	key_says(&e, ERR_FORMAT, "TPM key: its numbers are no ECC key");
}

static void other_kinds(void)
{
	static const char *const names[] = { "P-224", "secp256k1", "brainpoolP256r1" };
	EVP_PKEY *keys[5] = { NULL };

	for (size_t i = 0; i < 3; i++)
		keys[i] = made_ecc(names[i]);
	keys[3] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	keys[4] = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct public_key *k = NULL;
		unsigned char *der = NULL;
		int n = i2d_PUBKEY(keys[i], &der);
		struct err e = { 0 };

		CHECK(!public_key_of_pkey(&k, keys[i], &e) && !k);
		key_says(&e, ERR_SIGNATURE, "key of another kind, want RSA, P-256, P-384 or P-521");
		CHECK(n > 0 && !of_spki(&k, span_make(der, (size_t)n), &e));
		key_says(&e, ERR_SIGNATURE, "key of another kind, want RSA, P-256, P-384 or P-521");
		OPENSSL_free(der);
		EVP_PKEY_free(keys[i]);
	}
}

static void in_der(void)
{
	EVP_PKEY *key = made_ecc("P-256"), *other = made_ecc("P-256"), *large = made_ecc("P-384");
	CLEANUP(public_key_freep) struct public_key *a = NULL, *b = NULL, *c = NULL, *d = NULL;
	struct public_key *none = NULL;
	unsigned char *der = NULL;
	uint8_t longer[100] = { 0 };
	int n = i2d_PUBKEY(key, &der);
	struct err e = { 0 };

	CHECK(n == 91);
	memcpy(longer, der, 91);
	CHECK_OK(of_spki(&a, span_make(der, 91), &e), e);
	CHECK_OK(public_key_of_pkey(&b, key, &e), e);
	CHECK_OK(public_key_of_pkey(&c, other, &e), e);
	CHECK_OK(public_key_of_pkey(&d, large, &e), e);
	CHECK(public_key_pkey(b) == key && EVP_PKEY_eq(public_key_pkey(a), key) == 1);
	EVP_PKEY_free(key); /* b has a reference of its own */
	CHECK(public_key_equal(a, a) && public_key_equal(a, b) && public_key_equal(b, a));
	CHECK(!public_key_equal(a, c) && !public_key_equal(a, d) && !public_key_equal(d, a));
	CHECK(!ERR_peek_error());
	CHECK(!of_spki(&none, span_make(longer, 92), &e));
	key_says(&e, ERR_FORMAT, "public key of 92 bytes is no SubjectPublicKeyInfo");
	CHECK(!of_spki(&none, span_make(longer, 90), &e));
	key_says(&e, ERR_FORMAT, "public key of 90 bytes is no SubjectPublicKeyInfo");
	CHECK(!of_spki(&none, span_make(longer, 0), &e) && !none);
	OPENSSL_free(der);
	EVP_PKEY_free(other);
	EVP_PKEY_free(large);
	public_key_free(NULL);
}

/* SubjectPublicKeyInfo of an RSA key with a modulus of n bytes. */
static struct buf rsa_of(size_t n)
{
	static const uint8_t alg[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01, 0x01, 0x01, 0x05, 0x00 };
	static const uint8_t exponent[] = { 1, 0, 1 };
	struct buf b = buf_init(10000);
	CLEANUP(buf_done) struct buf modulus = buf_init(10000), key = buf_init(10000);

	buf_fill(&modulus, 0x55, n);
	buf_u8(&key, 0);
	der_put(&key, 0x02, buf_span(&modulus));
	der_put(&key, 0x02, SPAN_OF(exponent));
	der_close(&key, 1, 0x30);
	buf_add(&b, alg, sizeof alg);
	der_put(&b, 0x03, buf_span(&key));
	der_close(&b, 0, 0x30);
	return b;
}

static void how_long(void)
{
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(buf_done) struct buf b = rsa_of(8192 - 37 + more);
		struct public_key *none = NULL;
		struct err e = { 0 };

		CHECK(b.n == 8192 + more);
		CHECK(!of_spki(&none, buf_span(&b), &e) && !none);
		if (more)
			key_says(&e, ERR_FORMAT,
				"public key of 8193 bytes is no SubjectPublicKeyInfo");
		else
			CHECK(e.kind == ERR_SIGNATURE && strstr(e.text, "want 2048 to 4096"));
	}
}

static unsigned char *an_rsa, *a_curve;
static int rsa_size, curve_size;

/* Each way in, each way out. */
static void every_way(void)
{
	CLEANUP(public_key_freep) struct public_key *a = NULL, *b = NULL, *c = NULL, *d = NULL;
	uint8_t modulus[256], point[2][32];
	struct tpm_public p = { .type = TPM_ALG_RSA, .modulus = SPAN_OF(modulus) };
	struct err e;

	memset(modulus, 0xd5, sizeof modulus);
	(void)!public_key_of_spki(&a, span_make(an_rsa, (size_t)rsa_size), &e);
	(void)!public_key_of_spki(&b, span_make(a_curve, (size_t)curve_size), &e);
	(void)!public_key_of_spki(&d, span_make(a_curve, (size_t)curve_size - 1), &e);
	(void)!public_key_of_spki(&d, span_make(an_rsa, (size_t)rsa_size + 1), &e);
	(void)!public_key_of_tpm(&c, &p, &e);
	p.exponent = 3;
	(void)!public_key_of_tpm(&d, &p, &e);
	p.type = TPM_ALG_ECC;
	p.curve = TPM_CURVE_P256;
	memcpy(point[0], a_curve + 27, 32);
	memcpy(point[1], a_curve + 59, 32);
	p.x = SPAN_OF(point[0]);
	p.y = SPAN_OF(point[1]);
	(void)!public_key_of_tpm(&d, &p, &e);
	point[0][0] ^= 1;
	public_key_free(d);
	d = NULL;
	(void)!public_key_of_tpm(&d, &p, &e);
	CHECK(a && b && c && !d);
}

static void gives_back(void)
{
	EVP_PKEY *rsa = made_rsa(), *ecc = made_ecc("P-256");
	unsigned char *bytes = NULL;

	rsa_size = i2d_PUBKEY(rsa, &bytes);
	an_rsa = calloc(1, (size_t)rsa_size + 1); /* with a byte behind it */
	memcpy(an_rsa, bytes, (size_t)rsa_size);
	curve_size = i2d_PUBKEY(ecc, &a_curve);
	CHECK(leaks_none(every_way));
	OPENSSL_free(bytes);
	free(an_rsa);
	OPENSSL_free(a_curve);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ecc);
}

int main(void)
{
	leaks_count();
	sizes();
	exponents();
	curves();
	other_kinds();
	in_der();
	how_long();
	gives_back();
	return test_end();
}
