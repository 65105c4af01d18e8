/*
 * One case of the tests of the appraisal: a made machine, one thing changed before or after it signs, the verdict that it must
 * get, and the check that must have failed.
 */
#ifndef ASSAY_TEST_APPRAISE_CASE_H
#define ASSAY_TEST_APPRAISE_CASE_H

#include "machine_made.h"
#include "verdict_told.h"

static struct machine m; /* the machine of the case under test */
static struct appraise_out out;

__attribute__((unused)) static void nothing(void)
{
}

struct test_case {
	const char *name;
	void (*before)(void); /* the machine signs */
	void (*after)(void);
	enum verdict_status want;
	const char *failing; /* the check that must have failed; NULL: none */
};

#define GOOD VERDICT_AFFIRMING
#define WARN VERDICT_WARNING
#define BAD VERDICT_CONTRAINDICATED
#define B(name, want, failing)                      \
	{                                           \
#name, name, nothing, want, failing \
	}
#define A(name, want, failing)                      \
	{                                           \
#name, nothing, name, want, failing \
	}

static void say(const struct test_case *c)
{
	fprintf(stderr, "case %s: %s\n", c->name, verdict_status_name(out.verdict.status));
	for (size_t i = 0; i < out.verdict.checks.n; i++) {
		const struct check *k = &out.verdict.checks.items[i];

		if (k->result == CHECK_FAILED)
			fprintf(stderr, "  %s: %.*s\n", k->name, STR_ARG(k->reason));
	}
}

/* `out` is a's. */
static void run_case_in(struct arena *a, const struct test_case *c)
{
	struct err e = { 0 };
	const struct check *failing;
	bool ok;

	machine_init(&m, a);
	c->before();
	machine_sign(&m);
	c->after();
	CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
	verdict_told(c->name, &out);
	failing = c->failing ? check_find(&out.verdict.checks, c->failing) : NULL;
	ok = out.verdict.status == c->want && verdict_affirms(&out.verdict) == (c->want == GOOD) &&
	     (!c->failing || (failing && failing->result == CHECK_FAILED && failing->reason.n));
	CHECK(ok);
	if (!ok)
		say(c);
	machine_done(&m);
}

__attribute__((unused)) static void run_case(const struct test_case *c)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);

	run_case_in(a, c);
}

#endif
