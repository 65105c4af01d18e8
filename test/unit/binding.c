#include "evidence/binding.h"

#include "test.h"

/* Values made with Python's hashlib from the sentence in doc/protocol.md. */
static void known_answer(void)
{
	struct binding b = { .role = STR("attester") };
	struct digest d;
	char hex[2 * DIGEST_MAX + 1];
	struct err e = { 0 };

	memset(b.nonce, 1, 32);
	memset(b.secret_digest, 2, 32);
	memset(b.channel, 3, 32);
	CHECK_OK(binding_digest(&d, DIGEST_SHA256, &b, &e), e);
	digest_hex(&d, hex);
	CHECK(!strcmp(hex, "397a1d564283255723636e2fe71166f39c6aa25dbea7c18f647eb63372f3f309"));
	CHECK_OK(binding_digest(&d, DIGEST_SHA512, &b, &e), e);
	digest_hex(&d, hex);
	CHECK(!strcmp(hex, "c10055f2b254c14b7b454ad2fb03bbdc71000c8497c167c1ec22bc6215d72e33"
			   "d9ab804c3054120d9666842e281751f21072276937529629bbd48f929e29d896"));
}

/* The example of doc/protocol.md. */
static void documented(void)
{
	struct binding b = { .role = STR("attester") };
	char hex[2 * DIGEST_MAX + 1];
	uint8_t secret[32];
	struct digest d;
	struct err e = { 0 };

	for (uint8_t i = 0; i < 32; i++) {
		b.nonce[i] = i;
		secret[i] = (uint8_t)(32 + i);
	}
	sha256_of(b.secret_digest, SPAN_OF(secret));
	CHECK_OK(binding_digest(&d, DIGEST_SHA256, &b, &e), e);
	digest_hex(&d, hex);
	CHECK(!strcmp(hex, "9ff933b293a6ccae4bd408cdf09ca0f424b223b84149375f53fda977bc0ae368"));
}

static void every_field_counts(void)
{
	struct binding b = { .role = STR("attester") }, c;
	struct digest want, got;
	struct err e = { 0 };

	CHECK_OK(binding_digest(&want, DIGEST_SHA256, &b, &e), e);
	for (unsigned i = 0; i < 4; i++) {
		c = b;
		if (i == 0)
			c.role = STR("attesters");
		else
			(i == 1 ? c.nonce : i == 2 ? c.secret_digest : c.channel)[31] = 1;
		CHECK_OK(binding_digest(&got, DIGEST_SHA256, &c, &e), e);
		CHECK(!digest_equal(&want, &got));
	}
}

static void roles(void)
{
	static const struct str bad[] = { { "", 0 }, { "A", 1 }, { "a b", 3 }, { "a\0b", 3 },
		{ "attester1", 9 }, { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 33 } };
	struct digest d;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct binding b = { .role = bad[i] };

		CHECK_ERR(binding_digest(&d, DIGEST_SHA256, &b, &e), e, ERR_USAGE);
	}
}

int main(void)
{
	known_answer();
	documented();
	every_field_counts();
	roles();
	return test_end();
}
