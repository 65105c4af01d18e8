#include "evidence/challenge.h"

#include "evidence/tpm_identity.h"
#include "test.h"

static struct arena *a;

static void challenges(void)
{
	static const uint8_t id[] = { 1, 2, 3 }, secret[] = { 4, 5 };
	struct challenge c = { .role = STR("attester"),
		.nonce = { 9 },
		.id_object = SPAN_OF(id),
		.encrypted_secret = SPAN_OF(secret) };
	struct challenge got;
	struct buf b = buf_init(CHALLENGE_SIZE_MAX);
	struct err e = { 0 };

	challenge_emit(&c, &b);
	CHECK_OK(challenge_parse(&got, buf_span(&b), a, &e), e);
	CHECK(str_is(got.role, "attester") && got.nonce[0] == 9);
	CHECK(span_equal(got.id_object, c.id_object));
	CHECK(span_equal(got.encrypted_secret, c.encrypted_secret));
	for (size_t n = 0; n + 1 < b.n; n++)
		CHECK_ERR(challenge_parse(&got, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	buf_done(&b);
	b = buf_init(CHALLENGE_SIZE_MAX);
	c.id_object.p = NULL;
	challenge_emit(&c, &b);
	CHECK_OK(challenge_parse(&got, buf_span(&b), a, &e), e);
	CHECK(!got.id_object.p && !got.encrypted_secret.p);
	buf_done(&b);
}

#define N "\"nonce\":\"0000000000000000000000000000000000000000000000000000000000000000\""

static void refuses(void)
{
	static const char *const bad[] = {
		"{\"format\":\"assay.challenge/2\",\"role\":\"a\"," N "}",
		"{\"format\":\"assay.challenge/1\"," N "}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"a\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"a\"," N ",\"x\":1}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"a\"," N ",\"credential\":{}}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"a\"," N
		",\"credential\":{\"id_object\":\"AA\",\"encrypted_secret\":\"AA==\"}}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"a\"," N
		",\"credential\":{\"id_object\":\"AA==\",\"encrypted_secret\":7}}",
		"[]",
	};
	struct challenge c;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(challenge_parse(&c, str_span(str_of(bad[i])), a, &e), e, ERR_FORMAT);
}

/* One of exactly the limit, and one with a blank more. */
static void longest(void)
{
	static const char text[] = "{\"format\":\"assay.challenge/1\",\"role\":\"a\"," N "}";
	CLEANUP(buf_done) struct buf b = buf_init(CHALLENGE_SIZE_MAX + 1UL);
	struct challenge c;
	struct err e = { 0 };

	buf_add_cstr(&b, text);
	buf_fill(&b, ' ', CHALLENGE_SIZE_MAX - b.n);
	CHECK_OK(challenge_parse(&c, buf_span(&b), a, &e), e);
	buf_u8(&b, ' ');
	CHECK_ERR(challenge_parse(&c, buf_span(&b), a, &e), e, ERR_LIMIT);
}

static void identities(void)
{
	static const uint8_t ek[] = { 1, 2, 3 }, ak[] = { 4, 5 }, der[] = { 0x30, 0 };
	struct tpm_identity id = { .ek_public = SPAN_OF(ek),
		.ak_public = SPAN_OF(ak),
		.ek_chain = { .certificates = { SPAN_OF(der), SPAN_OF(ek) }, .n = 2 } };
	CLEANUP(buf_done) struct buf b = buf_init(TPM_IDENTITY_SIZE_MAX);
	struct tpm_identity got;
	struct err e = { 0 };

	tpm_identity_emit(&id, &b);
	CHECK_OK(tpm_identity_parse(&got, buf_span(&b), a, &e), e);
	CHECK(span_equal(got.ek_public, id.ek_public) && span_equal(got.ak_public, id.ak_public));
	CHECK(got.ek_chain.n == 2 && span_equal(got.ek_chain.certificates[0], SPAN_OF(der)));
	for (size_t n = 0; n + 1 < b.n; n++)
		CHECK_ERR(tpm_identity_parse(&got, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	CHECK_ERR(
		tpm_identity_parse(&got,
			str_span(STR(
				"{\"format\":\"assay.identity/1\",\"ek_public\":\"AA==\","
				"\"ek_certificates\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"],"
				"\"ak_public\":\"AA==\"}")),
			a, &e),
		e, ERR_LIMIT);
}

/* Machines of other kinds have no keys to name; older verifiers know only the first format, and say so. */
static void kinds(void)
{
	static const char *const bad[] = { "{\"format\":\"assay.identity/2\"}",
		"{\"format\":\"assay.identity/2\",\"kind\":\"tpm\"}",
		"{\"format\":\"assay.identity/2\",\"kind\":\"sgx\"}",
		"{\"format\":\"assay.identity/2\",\"kind\":1}",
		"{\"format\":\"assay.identity/2\",\"kind\":\"snp\",\"ek_public\":\"\"}",
		"{\"format\":\"assay.identity/1\",\"kind\":\"snp\"}",
		"{\"format\":\"assay.identity/3\",\"kind\":\"snp\"}", "{\"kind\":\"snp\"}" };
	struct tpm_identity got;
	struct err e = { 0 };

	for (int kind = BUNDLE_SNP; kind < BUNDLE_KINDS; kind++) {
		struct tpm_identity id = { .kind = (enum bundle_kind)kind };
		CLEANUP(buf_done) struct buf b = buf_init(TPM_IDENTITY_SIZE_MAX);

		tpm_identity_emit(&id, &b);
		CHECK_OK(tpm_identity_parse(&got, buf_span(&b), a, &e), e);
		CHECK(got.kind == id.kind && !got.ek_public.p && !got.ak_public.p);
		for (size_t n = 0; n + 1 < b.n; n++)
			CHECK_ERR(
				tpm_identity_parse(&got, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(tpm_identity_parse(&got, str_span(str_of(bad[i])), a, &e), e, ERR_FORMAT);
}

int main(void)
{
	a = arena_new((size_t)1 << 26);
	challenges();
	refuses();
	longest();
	identities();
	kinds();
	arena_free(a);
	return test_end();
}
