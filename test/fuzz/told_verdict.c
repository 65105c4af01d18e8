#include "page/told_verdict.h"

#include "fuzz.h"
#include "page/report_verdict.h"

enum { MEMORY = 64 << 20, PAGE_MAX = 256 << 20 };

/* Verdicts as the verifier writes them, affirming and not, with all members that a check may have. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = { CHECK_AFFIRMS, { "known", 5 } },
		[CHECK_CONFIGURATION] = { CHECK_AFFIRMS, { 0 } },
		[CHECK_EXECUTABLES] = { CHECK_AFFIRMS_BOOT, { 0 } },
	};
	static const char *const must[] = { "one", NULL };
	static struct verdict v;
	struct reference_values values = { .has_origins = true };
	struct verdict_context c = { .at_unix = 1796000000,
		.build = STR("assay"),
		.policy = STR("p"),
		.submod = STR("tpm"),
		.values = i ? &values : NULL };
	struct check one = { .name = "one", .result = CHECK_PASSED, .what = STR("w"), .reg = -1 };
	struct check two = { .name = "two",
		.what = STR("<w>"),
		.want = STR("a"),
		.got = STR("b"),
		.whose = STR("c"),
		.reason = STR("d"),
		.reg = 4,
		.bank = STR("sha256"),
		.fail_value = CHECK_UNSAFE };

	if (i > 1)
		return false;
	v = (struct verdict){ 0 };
	check_add(&v.checks, &one);
	if (i)
		check_add(&v.checks, &two);
	verdict_conclude(&v, pass, must);
	verdict_emit(&v, &c, b);
	return true;
}

/* Whatever it says, its place on a page has tags of ours alone: as many beginnings as ends, and nothing that steers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);
	CLEANUP(buf_done) struct buf page = buf_init(PAGE_MAX);
	struct told_verdict v;
	struct err e = { 0 };
	size_t open = 0, close = 0;

	if (!told_verdict_parse(&v, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	MUST(v.status != VERDICT_AFFIRMING || !told_verdict_count(&v, CHECK_FAILED));
	report_verdict_emit(&page, &v, false);
	MUST(buf_ok(&page));
	for (size_t i = 0; i < page.n; i++) {
		open += page.p[i] == '<';
		close += page.p[i] == '>';
		MUST(page.p[i] >= 0x20 || page.p[i] == '\n');
	}
	MUST(open == close && open > 50);
	return 0;
}
