#include "evidence/tpm_public.h"

#include "tpm_made.h"

static EVP_PKEY *rsa, *ecc;

static const struct made_key ak = {
	.attributes = MADE_AK_ATTRIBUTES, .scheme = TPM_ALG_ECDSA, .hash = TPM_ALG_SHA256
};
static const struct made_key ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true };

static void reads(void)
{
	CLEANUP(buf_done) struct buf a = made_public(ecc, ak);
	CLEANUP(buf_done) struct buf b = made_public(rsa, ek);
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&a), &e), e);
	CHECK(p.type == TPM_ALG_ECC && p.curve == TPM_CURVE_P256 && p.x.n == 32 && p.y.n == 32);
	CHECK(p.attributes == MADE_AK_ATTRIBUTES && p.scheme.alg == TPM_ALG_ECDSA);
	CHECK(p.symmetric.alg == TPM_ALG_NULL && p.policy.n == 0);
	CHECK_OK(tpm_public_parse(&p, buf_span(&b), &e), e);
	CHECK(p.type == TPM_ALG_RSA && p.bits == 2048 && p.modulus.n == 256 && p.exponent == 0);
	CHECK(p.policy.n == 32 && p.symmetric.bits == 128 && p.symmetric.mode == TPM_ALG_CFB);
}

static void names(void)
{
	CLEANUP(buf_done) struct buf a = made_public(ecc, ak);
	struct made_key k = ak;
	struct tpm_public p;
	struct tpm_name name;
	struct digest d;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&a), &e), e);
	name = tpm_public_name(&p);
	d = digest_of(DIGEST_SHA256, buf_span(&a));
	CHECK(name.n == 34 && name.bytes[0] == 0 && name.bytes[1] == 0x0b);
	CHECK(!memcmp(name.bytes + 2, d.bytes, 32));
	buf_done(&a);
	k.name_hash = TPM_ALG_SHA384;
	a = made_public(ecc, k);
	CHECK_OK(tpm_public_parse(&p, buf_span(&a), &e), e);
	CHECK(tpm_public_name(&p).n == 50);
	buf_done(&a);
	k.name_hash = TPM_ALG_SHA1;
	a = made_public(ecc, k);
	CHECK_ERR(tpm_public_parse(&p, buf_span(&a), &e), e, ERR_FORMAT);
}

static void truncations(void)
{
	static const uint8_t big[TPM_PUBLIC_SIZE_MAX + 1];
	CLEANUP(buf_done) struct buf a = made_public(ecc, ak);
	CLEANUP(buf_done) struct buf b = made_public(rsa, ek);
	struct tpm_public p;
	struct err e = { 0 };

	for (size_t n = 0; n < a.n; n++)
		CHECK_ERR(tpm_public_parse(&p, span_make(a.p, n), &e), e, ERR_FORMAT);
	for (size_t n = 0; n < b.n; n++)
		CHECK_ERR(tpm_public_parse(&p, span_make(b.p, n), &e), e, ERR_FORMAT);
	buf_u8(&a, 0);
	CHECK_ERR(tpm_public_parse(&p, buf_span(&a), &e), e, ERR_FORMAT);
	CHECK_ERR(tpm_public_parse(&p, SPAN_OF(big), &e), e, ERR_LIMIT);
}

static void refuses(void)
{
	CLEANUP(buf_done) struct buf b = made_public(rsa, ek);
	struct tpm_public p;
	struct err e = { 0 };
	const size_t bits_at = 2 + 2 + 4 + 34 + 6 + 2;

	b.p[1] = 0x08; /* KEYEDHASH */
	CHECK_ERR(tpm_public_parse(&p, buf_span(&b), &e), e, ERR_FORMAT);
	b.p[1] = 0x01;
	b.p[bits_at] = 0x04; /* 1024 bits said, 2048 given */
	CHECK_ERR(tpm_public_parse(&p, buf_span(&b), &e), e, ERR_FORMAT);
	b.p[bits_at] = 0x08;
	b.p[bits_at + 8] &= 0x7f; /* modulus with a leading zero bit */
	CHECK_ERR(tpm_public_parse(&p, buf_span(&b), &e), e, ERR_FORMAT);
}

/* An ECC key whose coordinates have these sizes: 66 bytes are P-521's. */
static bool point_taken(uint16_t x, uint16_t y, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(1024);
	struct tpm_public p;

	buf_u16be(&b, TPM_ALG_ECC);
	buf_u16be(&b, TPM_ALG_SHA256);
	buf_u32be(&b, MADE_AK_ATTRIBUTES);
	buf_u16be(&b, 0);
	buf_u16be(&b, TPM_ALG_NULL);
	buf_u16be(&b, TPM_ALG_ECDSA);
	buf_u16be(&b, TPM_ALG_SHA256);
	buf_u16be(&b, 5);
	buf_u16be(&b, TPM_ALG_NULL);
	buf_u16be(&b, x);
	buf_fill(&b, 1, x);
	buf_u16be(&b, y);
	buf_fill(&b, 1, y);
	return tpm_public_parse(&p, buf_span(&b), e) && p.x.n == x && p.y.n == y;
}

static void points(void)
{
	struct err e = { 0 };

	CHECK_OK(point_taken(66, 66, &e), e);
	CHECK_OK(point_taken(1, 1, &e), e);
	CHECK_ERR(point_taken(67, 66, &e), e, ERR_FORMAT);
	CHECK_ERR(point_taken(66, 67, &e), e, ERR_FORMAT);
	CHECK_ERR(point_taken(0, 66, &e), e, ERR_FORMAT);
	CHECK_ERR(point_taken(66, 0, &e), e, ERR_FORMAT);
}

static void algorithms(void)
{
	CHECK(tpm_alg_of_digest(DIGEST_SHA1) == 0x0004 &&
		tpm_alg_of_digest(DIGEST_SHA256) == 0x000b);
	CHECK(tpm_alg_of_digest(DIGEST_SHA384) == 0x000c &&
		tpm_alg_of_digest(DIGEST_SHA512) == 0x000d);
	CHECK(tpm_alg_of_digest(DIGEST_NONE) == 0 && tpm_alg_digest(0) == DIGEST_NONE);
	CHECK(tpm_alg_digest(0x000b) == DIGEST_SHA256 && tpm_alg_digest(0x0012) == DIGEST_NONE);
	CHECK(!strcmp(tpm_alg_name(0xffff), "unknown"));
}

int main(void)
{
	rsa = made_rsa();
	ecc = made_ecc("P-256");
	reads();
	names();
	truncations();
	refuses();
	points();
	algorithms();
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ecc);
	return test_end();
}
