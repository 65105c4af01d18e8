#include "page/told_verdict.h"

#include "test.h"

enum { MEMORY = 16 << 20 };

static struct verdict made;

static void add(const char *name, enum check_result result, int reg)
{
	check_add(&made.checks,
		&(struct check){ .name = name,
			.result = result,
			.what = STR("what \"it\" is"),
			.want = STR("aa"),
			.got = result == CHECK_FAILED ? STR("bb") : STR("aa"),
			.whose = STR("reference values (computed)"),
			.reason = result == CHECK_FAILED ? STR("it differs") : STR(""),
			.claim = CHECK_EXECUTABLES,
			.fail_value = CHECK_CONTRAINDICATED,
			.reg = reg,
			.bank = STR("sha256") });
}

/* As the verifier writes it. */
static struct buf emit(bool failed, const struct reference_values *v)
{
	static const struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = { CHECK_AFFIRMS, { "known", 5 } },
		[CHECK_CONFIGURATION] = { CHECK_AFFIRMS, { 0 } },
		[CHECK_EXECUTABLES] = { CHECK_AFFIRMS_BOOT, { 0 } },
	};
	static const char *const must[] = { "nonce", NULL };
	struct verdict_context c = { .at_unix = 1796000000,
		.build = STR("assay 9"),
		.policy = STR("mine"),
		.submod = STR("tpm"),
		.nonce = { (const uint8_t *)"n", 1 },
		.values = v };
	struct buf b = buf_init(1 << 20);

	memset(&made, 0, sizeof made);
	add("nonce", CHECK_PASSED, -1);
	add("two", CHECK_NOT_APPLICABLE, -1);
	if (failed)
		add("pcr-4.sha256", CHECK_FAILED, 4);
	verdict_conclude(&made, pass, must);
	verdict_emit(&made, &c, &b);
	CHECK(buf_ok(&b));
	return b;
}

static void tells(bool failed)
{
	struct reference_values v = { .has_origins = true, .manifest_sha256 = { 0x5a } };
	CLEANUP(buf_done) struct buf text = emit(failed, &v);
	struct arena *a = arena_new(MEMORY);
	struct told_verdict t;
	struct err e = { 0 };

	CHECK_OK(told_verdict_parse(&t, buf_span(&text), a, &e), e);
	CHECK(t.status == (failed ? VERDICT_CONTRAINDICATED : VERDICT_AFFIRMING));
	CHECK(t.at_unix == 1796000000 && t.fresh && str_is(t.kind, "tpm"));
	CHECK(str_is(t.verifier, "assay 9") && str_is(t.policy, "mine"));
	CHECK(t.has_manifest && t.manifest_sha256[0] == 0x5a);
	CHECK(t.n_checks == made.checks.n && told_verdict_count(&t, CHECK_FAILED) == failed);
	CHECK(told_verdict_count(&t, CHECK_PASSED) == 1 &&
		told_verdict_count(&t, CHECK_NOT_APPLICABLE) == 1);
	CHECK(str_is(t.checks[0].name, "nonce") && str_is(t.checks[0].what, "what \"it\" is"));
	CHECK(str_is(t.checks[0].want, "aa") && !t.checks[0].reason.n);
	CHECK(!failed ||
		(str_is(t.checks[2].got, "bb") && str_is(t.checks[2].reason, "it differs") &&
			str_is(t.checks[2].claim, "executables")));
	for (unsigned i = 0; i < CHECK_CLAIMS; i++) {
		CHECK(t.claims[i].value == (uint64_t)made.claims[i].value);
		CHECK(str_equal(t.claims[i].why, made.claims[i].why));
	}
	arena_free(a);
}

/* One text in the place of another, as many bytes or not. */
static bool swapped(const char *from, const char *to, struct err *e)
{
	CLEANUP(buf_done) struct buf text = emit(true, NULL), other = buf_init(1 << 20);
	struct arena *a = arena_new(MEMORY);
	struct told_verdict t;
	const char *at;
	bool ok;

	buf_u8(&text, 0);
	at = strstr((const char *)text.p, from);
	CHECK(at != NULL);
	if (!at)
		at = (const char *)text.p;
	buf_add(&other, text.p, (size_t)(at - (const char *)text.p));
	buf_add_cstr(&other, to);
	buf_add_cstr(&other, at + strlen(from));
	ok = told_verdict_parse(&t, buf_span(&other), a, e);
	arena_free(a);
	return ok;
}

static void refusals(void)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "\"iat\"", "\"at\"" },
		{ "1796000000", "-1" },
		{ "\"contraindicated\"", "\"fine\"" },
		/* A status that the checks contradict is not repeated. */
		{ "\"contraindicated\"", "\"affirming\"" },
		{ "assay.verdict/1", "assay.verdict/2" },
		{ "\"passed\"", "\"skipped\"" },
		{ "\"what\"", "\"that\"" },
		{ "\"checks\": [", "\"checks\": [7," },
		{ "\"executables\": 96", "\"executables\": 960" },
		{ "\"submods\": {", "\"submods\": {\"other\": {}," },
		{ "\"submods\": {\n    \"tpm\": {", "\"submods\": {\n    \"tpm\": 7, \"x\": {" },
		{ "\"build\"", "\"built\"" },
	};
	struct err e = { 0 };

	CHECK_OK(swapped("assay 9", "another", &e), e);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_ERR(swapped(cases[i].from, cases[i].to, &e), e, ERR_FORMAT);
}

static void not_a_verdict(void)
{
	struct arena *a = arena_new(MEMORY);
	struct told_verdict t;
	struct err e = { 0 };

	CHECK_ERR(told_verdict_parse(&t, str_span(STR("eyJhbGciOiJFUzI1NiJ9.e30.AA")), a, &e), e,
		ERR_USAGE);
	CHECK_ERR(told_verdict_parse(&t, str_span(STR("{}")), a, &e), e, ERR_FORMAT);
	CHECK_ERR(told_verdict_parse(&t, str_span(STR("[]")), a, &e), e, ERR_FORMAT);
	CHECK_ERR(told_verdict_parse(&t, str_span(STR("")), a, &e), e, ERR_FORMAT);
	arena_free(a);
}

/* Every truncation is refused. */
static void cut(void)
{
	CLEANUP(buf_done) struct buf text = emit(true, NULL);

	for (size_t n = 0; n + 1 < text.n; n += 7) {
		struct arena *a = arena_new(MEMORY);
		struct told_verdict t;
		struct err e = { 0 };

		CHECK_ERR(told_verdict_parse(&t, span_make(text.p, n), a, &e), e, ERR_FORMAT);
		arena_free(a);
	}
}

int main(void)
{
	tells(false);
	tells(true);
	refusals();
	not_a_verdict();
	cut();
	return test_end();
}
