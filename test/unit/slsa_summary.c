/* A summary says SLSA_BUILD_REPRODUCED of nothing less than two operators who got the same bytes. */
#include "trust/slsa_summary.h"

#include "statement_made.h"

static struct arena *a;

static const struct statement *made(enum rebuild_verdict verdict, int seed)
{
	struct statement_made m = statement_made(verdict, seed, "somebody");
	struct statement *s = ARENA_NEW(a, struct statement);
	struct err e = { 0 };

	CHECK_OK(statement_parse(s, buf_span(&m.text), a, &e), e);
	statement_made_done(&m);
	return s;
}

static struct slsa_summary summary_of(const struct slsa_summary_input *inputs, size_t n)
{
	return (struct slsa_summary){ .verifier = STR("https://example.org/me"),
		.resource_uri = STR("https://example.org/image"),
		.policy_uri = STR("trust.yaml"),
		.inputs = inputs,
		.n_inputs = n };
}

struct word {
	enum rebuild_verdict verdict;
	int seed;
	const char *by;
};

static const struct {
	struct word words[3];
	size_t needed;
	bool passes;
} cases[] = {
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "B" } }, 0, true },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "B" } }, 2, true },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "B" } }, 3, false },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "B" },
		  { REBUILD_IDENTICAL, 7, "C" } },
		3, true },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "B" },
		  { REBUILD_IDENTICAL, 7, "A" } },
		3, false },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "A" } }, 0, false },
	{ { { REBUILD_IDENTICAL, 7, "A" } }, 1, false },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "" } }, 0, false },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 8, "B" } }, 0, false },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_DIFFERS, 7, "B" } }, 0, false },
	{ { { REBUILD_DIFFERS, 7, "A" }, { REBUILD_DIFFERS, 7, "B" } }, 0, false },
	{ { { REBUILD_BUILT, 7, "A" }, { REBUILD_BUILT, 7, "B" } }, 0, false },
	{ { { REBUILD_FAILED, 7, "A" }, { REBUILD_FAILED, 7, "B" } }, 0, false },
	{ { { REBUILD_IDENTICAL, 7, "A" }, { REBUILD_IDENTICAL, 7, "B" },
		  { REBUILD_FAILED, 7, "C" } },
		0, false },
};

static void levels(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf out = buf_init(1 << 20);
		struct slsa_summary_input inputs[3] = { 0 };
		struct slsa_summary s = summary_of(inputs, 0);
		const struct json *predicate;
		struct statement back;
		bool passed = !cases[i].passes;
		struct err e = { 0 };

		for (; s.n_inputs < 3 && cases[i].words[s.n_inputs].by; s.n_inputs++) {
			const struct word *w = &cases[i].words[s.n_inputs];

			inputs[s.n_inputs].statement = made(w->verdict, w->seed);
			inputs[s.n_inputs].operated_by = str_of(w->by);
			inputs[s.n_inputs].sha256[0] = (uint8_t)s.n_inputs;
		}
		s.needed = cases[i].needed;
		CHECK_OK(slsa_summary_emit(&out, &passed, &s, &e), e);
		CHECK(passed == cases[i].passes);
		CHECK_OK(statement_parse(&back, buf_span(&out), a, &e), e);
		predicate = back.predicate;
		CHECK(str_is(back.predicate_type, STATEMENT_SUMMARY));
		CHECK(back.n_subjects == inputs[0].statement->n_subjects);
		CHECK(str_is(json_get(predicate, "verificationResult")->text,
			passed ? "PASSED" : "FAILED"));
		CHECK(json_get(predicate, "verifiedLevels")->n == passed);
		CHECK((memmem(out.p, out.n, SLSA_SUMMARY_REPRODUCED, 21) != NULL) == passed);
		CHECK(json_get(predicate, "inputAttestations")->n == s.n_inputs);
		CHECK(!json_get(predicate, "timeVerified"));
	}
}

static void form(void)
{
	static const uint8_t policy[SHA256_SIZE] = { 9 };
	CLEANUP(buf_done) struct buf out = buf_init(1 << 20), small = buf_init(100);
	struct slsa_summary_input two[] = { { .statement = made(REBUILD_IDENTICAL, 7),
						    .operated_by = STR("A"),
						    .uri = STR("https://example.org/a.dsse.json") },
		{ .statement = made(REBUILD_IDENTICAL, 7), .operated_by = STR("B") } };
	struct slsa_summary s = summary_of(two, 2);
	struct statement foreign = { .predicate_type = STR("t") };
	bool passed = false;
	struct err e = { 0 };

	s.at_unix = 1767225600;
	s.policy_sha256 = policy;
	CHECK_OK(slsa_summary_emit(&out, &passed, &s, &e), e);
	CHECK(passed && memmem(out.p, out.n, "\"timeVerified\": \"2026-01-01T00:00:00Z\"", 38) &&
		memmem(out.p, out.n, "https://example.org/a.dsse.json", 31));
	passed = false;
	CHECK_ERR(slsa_summary_emit(&small, &passed, &s, &e), e, ERR_LIMIT);
	s.policy_uri = STR("");
	CHECK_OK(slsa_summary_emit(&out, &passed, &s, &e), e);
	s.policy_sha256 = NULL;
	passed = false;
	CHECK_ERR(slsa_summary_emit(&out, &passed, &s, &e), e, ERR_USAGE);
	s = summary_of(two, 0);
	CHECK_ERR(slsa_summary_emit(&out, &passed, &s, &e), e, ERR_USAGE);
	two[1].statement = &foreign;
	s = summary_of(two, 2);
	CHECK_ERR(slsa_summary_emit(&out, &passed, &s, &e), e, ERR_USAGE);
	CHECK(!passed);
}

/* Whatever it must say and does not; and one input at each end of how many may be. */
static void refuses(void)
{
	static struct slsa_summary_input many[SLSA_SUMMARY_INPUTS_MAX + 1];
	CLEANUP(buf_done) struct buf out = buf_init(8 << 20);
	struct slsa_summary good, s;
	bool passed = true;
	struct err e = { 0 };

	many[0] = (struct slsa_summary_input){ .statement = made(REBUILD_IDENTICAL, 7) };
	for (size_t i = 1; i <= SLSA_SUMMARY_INPUTS_MAX; i++)
		many[i] = many[0];
	good = s = summary_of(many, 1);
	CHECK_OK(slsa_summary_emit(&out, &passed, &s, &e), e);
	CHECK(!passed && !memmem(out.p, out.n, "\"uri\": \"\"", 9));
	s.n_inputs = SLSA_SUMMARY_INPUTS_MAX;
	CHECK_OK(slsa_summary_emit(&out, &passed, &s, &e), e);
	s.n_inputs++;
	CHECK_ERR(slsa_summary_emit(&out, &passed, &s, &e), e, ERR_USAGE);
	s = good;
	s.verifier = STR("");
	CHECK_ERR(slsa_summary_emit(&out, &passed, &s, &e), e, ERR_USAGE);
	s = good;
	s.resource_uri = STR("");
	CHECK_ERR(slsa_summary_emit(&out, &passed, &s, &e), e, ERR_USAGE);
	s = good;
	s.policy_uri = STR("");
	CHECK_ERR(slsa_summary_emit(&out, &passed, &s, &e), e, ERR_USAGE);
}

int main(void)
{
	a = arena_new(1 << 28);
	levels();
	form();
	refuses();
	arena_free(a);
	return test_end();
}
