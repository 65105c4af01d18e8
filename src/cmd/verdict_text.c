#include "cmd/verdict_text.h"

#include <stdio.h>

#include "appraise/explain.h"
#include "base/hex.h"
#include "cmd/explain_text.h"
#include "cmd/line.h"
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
	line_print(stdout, "         %-6s %.*s%s%.*s%s", name, STR_ARG(value),
		whose.n ? "   (" : "", STR_ARG(whose), whose.n ? ")" : "");
}

static void print_check(const struct check *c)
{
	bool long_form = c->result == CHECK_FAILED;
	bool wanted = c->result == CHECK_PASSED && c->want.n && c->whose.n;
	struct str got = long_form ? str_make(NULL, 0) : c->got;
	struct str whose = wanted ? c->whose : str_make(NULL, 0);

	line_print(stdout, "  [%s] %.*s%s%.*s%s%.*s%s", mark(c->result), STR_ARG(c->what),
		got.n ? ": " : "", STR_ARG(got), wanted ? " (wanted by " : "", STR_ARG(whose),
		wanted ? ")" : "");
	if (c->reason.n)
		line_print(stdout, "         %-6s %.*s", "why", STR_ARG(c->reason));
	if (!long_form)
		return;
	print_field("want", c->want, c->whose);
	print_field("got", c->got, c->want.n ? str_make(NULL, 0) : c->whose);
}

static bool is_alike(const struct check *a, const struct check *b)
{
	return a->reg >= 0 && b->reg >= 0 && a->result == b->result &&
	       str_equal(a->bank, b->bank) && str_equal(a->whose, b->whose);
}

/* One line for all registers that came out like the i-th check: "as predicted are PCR 2 3 4 (...)". */
static void print_alike(const struct check_list *l, size_t i)
{
	const struct check *first = &l->items[i];

	for (size_t k = 0; k < i; k++)
		if (is_alike(&l->items[k], first))
			return; /* in an earlier line */
	printf("  [%s] %.*s: %s PCR", mark(first->result), STR_ARG(first->bank),
		first->result == CHECK_PASSED ? "as predicted are"
					      : "not required or not predictable are");
	for (size_t k = i; k < l->n; k++)
		if (is_alike(&l->items[k], first))
			printf(" %d", l->items[k].reg);
	printf(" (%.*s)\n", STR_ARG(first->whose));
}

static void print_checks(const struct check_list *l)
{
	puts("Checks (n.a.: does not apply here):");
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg < 0)
			print_check(&l->items[i]);
	puts("Registers:");
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg >= 0 && l->items[i].result != CHECK_FAILED)
			print_alike(l, i);
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

		line_print(stdout, "  %-18s %3d %-15s %.*s", check_claim_name(i), c->value,
			tier == VERDICT_NONE ? "no claim" : verdict_status_name(tier),
			STR_ARG(c->why));
	}
}

static void print_coverage(const struct reference_shape *shape)
{
	line_print(stdout, "What the registers cover (shape %.*s):", STR_ARG(shape->name));
	for (size_t i = 0; i < shape->n_coverage; i++) {
		const struct reference_coverage *c = &shape->coverage[i];

		line_print(stdout, "  %-32.*s %-*.*s%.*s", STR_ARG(c->layer), c->note.n ? 15 : 0,
			STR_ARG(c->by.n ? c->by : STR("NOTHING")), STR_ARG(c->note));
	}
	puts("  not covered: what runs after boot, secrets in memory, the host's view of it; see assay's threat-model.md");
}

static void print_vouch(const struct appraise_in *in)
{
	if (in->vouch == APPRAISE_BUILT_HERE)
		puts("Who vouches: built here - this store's own build made these reference values.");
	else
		printf("Who vouches: unsigned claim - nobody whom this verifier knows stands behind these reference values%s.\n",
			in->trust->accept_unsigned ? ", and the trust file accepts that" : "");
}

/* The reference values have it from the manifest that they name, which the verifier has not read: so that is whose word it is. */
static void print_origins(const struct appraise_in *in, const struct reference_values *v)
{
	CLEANUP(buf_done) struct buf shares = buf_init(1024);
	char hex[2 * SHA256_SIZE + 1];

	if (!v->has_origins)
		return;
	origin_class_tell(&shares, &v->origins);
	hex_write(hex, v->manifest_sha256, SHA256_SIZE);
	line_print(stdout,
		"Where the bytes of that image come from: %.*s - as its manifest says (%s)%s.",
		STR_ARG(buf_str(&shares)), hex,
		in->vouch == APPRAISE_BUILT_HERE ? ", which this store made"
						 : ", which nobody has checked here");
}

/* What explains registers that differ; a shape without the bank explains nothing. */
static bool explain_differences(const struct appraise_out *out, const struct appraise_in *in,
	struct arena *a, struct err *e)
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

/* The verdict for someone who reads only the end. */
static void print_in_short(enum verdict_status status, bool fresh)
{
	const char *words = "nothing can be said about this machine.";

	if (status == VERDICT_AFFIRMING && fresh)
		words = "the machine started exactly what the reference values say, and answered just now.\n"
			"  How far its TPM itself can be believed stands in the row 'hardware'.";
	if (status == VERDICT_AFFIRMING && !fresh)
		words = "at some time the machine started exactly what the reference values say; nobody knows\n"
			"  what it runs now, since the policy takes evidence of any age.";
	if (status == VERDICT_WARNING)
		words = "nothing was found to be wrong, but something that you should be able to rely on is\n"
			"  missing: see each FAIL. Do not rely on this machine as it stands.";
	if (status == VERDICT_CONTRAINDICATED)
		words = "the machine did not start what the reference values say, or its evidence cannot be\n"
			"  believed: see each FAIL. Do not give it secrets.";
	printf("In short: %s\n", words);
}

bool verdict_text_print(const struct appraise_out *out, const struct appraise_in *in,
	const struct reference_values *values, struct arena *a, struct err *e)
{
	print_checks(&out->verdict.checks);
	if (out->differing && !explain_differences(out, in, a, e))
		return false;
	print_claims(&out->verdict);
	print_coverage(in->shape);
	print_vouch(in);
	print_origins(in, values);
	print_in_short(out->verdict.status, check_passed(&out->verdict.checks, "nonce"));
	printf("verdict: %s\n", verdict_status_name(out->verdict.status));
	return true;
}
