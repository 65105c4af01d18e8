#include "cmd/verdict_text.h"

#include <stdio.h>

#include "appraise/explain.h"
#include "cmd/explain_text.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static const char *mark(enum check_result r)
{
	return r == CHECK_PASSED ? "ok  " : r == CHECK_FAILED ? "FAIL" : "n.a.";
}

static void print_field(const char *name, struct str value, struct str whose)
{
	if (!value.n)
		return;
	printf("         %-6s %.*s", name, STR_ARG(value));
	if (whose.n)
		printf("   (%.*s)", STR_ARG(whose));
	putchar('\n');
}

static void print_check(const struct check *c)
{
	bool long_form = c->result == CHECK_FAILED;

	printf("  [%s] %.*s", mark(c->result), STR_ARG(c->what));
	if (!long_form && c->got.n && c->got.n <= 60 && c->reg < 0)
		printf(": %.*s", STR_ARG(c->got));
	putchar('\n');
	if (c->reason.n)
		printf("         %-6s %.*s\n", "why", STR_ARG(c->reason));
	if (!long_form)
		return;
	print_field("want", c->want, c->whose);
	print_field("got", c->got, c->want.n ? str_make(NULL, 0) : c->whose);
}

/* One line for the registers of a bank that came out alike: "as predicted are PCR 0 2 3". */
static void print_alike(
	const struct check_list *l, const char *bank, enum check_result result, const char *what)
{
	bool any = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct check *c = &l->items[i];

		if (c->reg < 0 || c->result != result || !str_is(c->bank, bank))
			continue;
		if (!any)
			printf("  [%s] %s: %s PCR", mark(result), bank, what);
		printf(" %d", c->reg);
		any = true;
	}
	if (any)
		putchar('\n');
}

static void print_checks(const struct check_list *l)
{
	static const char *const banks[] = { "sha1", "sha256", "sha384", "sha512" };

	puts("Checks:");
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg < 0)
			print_check(&l->items[i]);
	puts("Registers:");
	for (size_t b = 0; b < ARRAY_LEN(banks); b++)
		print_alike(l, banks[b], CHECK_PASSED, "as predicted are");
	for (size_t b = 0; b < ARRAY_LEN(banks); b++)
		print_alike(
			l, banks[b], CHECK_NOT_APPLICABLE, "not required or not predictable are");
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg >= 0 && l->items[i].result == CHECK_FAILED)
			print_check(&l->items[i]);
}

static void print_claims(const struct verdict *v)
{
	puts("What this says (AR4SI):");
	for (unsigned i = 0; i < CHECK_CLAIMS; i++) {
		const struct verdict_claim *c = &v->claims[i];
		enum verdict_status tier = verdict_tier(c->value);

		printf("  %-18s %3d %-15s %.*s\n", check_claim_name(i), c->value,
			tier == VERDICT_NONE ? "no claim" : verdict_status_name(tier),
			STR_ARG(c->why));
	}
}

static void print_coverage(const struct reference_shape *shape)
{
	printf("What the registers cover (shape %.*s):\n", STR_ARG(shape->name));
	for (size_t i = 0; i < shape->n_coverage; i++) {
		const struct reference_coverage *c = &shape->coverage[i];

		printf("  %-32.*s %-14.*s %.*s\n", STR_ARG(c->layer),
			STR_ARG(c->by.n ? c->by : STR("NOTHING")), STR_ARG(c->note));
	}
	puts("  not covered: what runs after boot, secrets in memory, the host's view of it; see doc/threat-model.md");
}

static void print_vouch(enum appraise_vouch vouch)
{
	if (vouch == APPRAISE_BUILT_HERE)
		puts("Who vouches: built here - this store's own build made these reference values.");
	else
		puts("Who vouches: unsigned claim - nobody whom this verifier knows stands behind these reference values.");
}

/* What explains registers that differ; a shape without the bank explains nothing. */
static bool explain_differences(const struct appraise_tpm_out *out,
	const struct appraise_tpm_in *in, struct arena *a, struct err *e)
{
	struct explain_in what = { .shape = in->shape,
		.values = &out->signed_bank,
		.log = out->log.n_banks ? &out->log : NULL };
	struct explain ex;

	for (size_t i = 0; i < in->shape->n_banks; i++)
		if (in->shape->banks[i] == out->signed_bank.alg) {
			if (!explain(&ex, &what, a, e))
				return err_wrap(e, "explaining what differs");
			puts("What differs:");
			explain_text_print(&ex);
			return true;
		}
	return true;
}

bool verdict_text_print(const struct appraise_tpm_out *out, const struct appraise_tpm_in *in,
	struct arena *a, struct err *e)
{
	print_checks(&out->verdict.checks);
	if (out->differing && !explain_differences(out, in, a, e))
		return false;
	print_claims(&out->verdict);
	print_coverage(in->shape);
	print_vouch(in->vouch);
	printf("verdict: %s\n", verdict_status_name(out->verdict.status));
	return true;
}
