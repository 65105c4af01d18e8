#include "cmd/verdict_text.h"

#include <stdio.h>

#include "appraise/appraise_vouched.h"
#include "base/hex.h"
#include "cmd/explain_registers.h"
#include "cmd/line.h"
#include "cmd/verdict_words.h"
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

/* The word before a register's number: "PCR" of "PCR 4"; all of "MRTD". */
static struct str word_of(const char *name)
{
	struct str word, number;

	(void)str_cut(str_of(name), ' ', &word, &number);
	return word;
}

/* " PCR 4", and " 5" behind another of the same word. */
static void print_register(enum platform_kind kind, int reg, struct str *before, char *name)
{
	struct str word;

	platform_register_name(name, kind, (unsigned)reg);
	word = word_of(name);
	printf(" %s", str_equal(word, *before) ? name + word.n + 1 : name);
	*before = word;
}

/* One line for all registers that came out like the i-th check: "as predicted are PCR 2 3 4 (...)". */
static void print_alike(const struct check_list *l, enum platform_kind kind, size_t i)
{
	const struct check *first = &l->items[i];
	char names[2][PLATFORM_REGISTER_NAME_MAX];
	struct str before = { 0 };

	for (size_t k = 0; k < i; k++)
		if (is_alike(&l->items[k], first))
			return; /* in an earlier line */
	printf("  [%s] %.*s: %s", mark(first->result), STR_ARG(first->bank),
		first->result == CHECK_PASSED ? "as predicted are"
					      : "not required or not predictable are");
	for (size_t k = i, n = 0; k < l->n; k++)
		if (is_alike(&l->items[k], first))
			print_register(kind, l->items[k].reg, &before, names[n++ & 1]);
	line_print(stdout, "%s%.*s%s", first->whose.n ? " (" : "", STR_ARG(first->whose),
		first->whose.n ? ")" : "");
}

static void print_checks(const struct check_list *l, enum bundle_kind kind)
{
	printf("Checks of %s (n.a.: does not apply here):\n", verdict_words_evidence(kind));
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg < 0)
			print_check(&l->items[i]);
	puts("Registers:");
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg >= 0 && l->items[i].result != CHECK_FAILED)
			print_alike(l, platform_of_bundle(kind), i);
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

/* Which image, from which source. Only a verdict that affirms says that it runs. */
static void print_what(
	const struct appraise_in *in, const struct reference_values *v, bool affirmed)
{
	char hex[2 * SHA256_SIZE + 1];

	if (!v) {
		puts("What runs: what has the registers above. Without reference values nobody says which source that is made of.");
		return;
	}
	hex_write(hex, v->manifest_sha256, SHA256_SIZE);
	line_print(stdout,
		"What %s: image %.*s as shape %.*s, built as its manifest (SHA-256 %s) says.",
		affirmed ? "runs" : "should run, and was not shown to", STR_ARG(v->image),
		STR_ARG(in->shape->name), hex);
}

static void print_coverage(const struct reference_shape *shape, enum bundle_kind kind)
{
	if (!shape) {
		puts("What the registers cover: unknown, since there are no reference values.");
		return;
	}
	line_print(stdout, "What the registers cover (shape %.*s):", STR_ARG(shape->name));
	for (size_t i = 0; i < shape->n_coverage; i++) {
		const struct reference_coverage *c = &shape->coverage[i];

		line_print(stdout, "  %-32.*s %-*.*s%.*s", STR_ARG(c->layer), c->note.n ? 15 : 0,
			STR_ARG(c->by.n ? c->by : STR("NOTHING")), STR_ARG(c->note));
	}
	printf("  not covered: %s; see assay's threat-model.md\n", verdict_words_uncovered(kind));
}

static void print_unsigned(const struct appraise_in *in)
{
	const char *more = "; `assay rebuild URL` builds the image of a publication here";

	if (in->policy->vouchers.rebuilders)
		more = "; the check 'vouched' above says who is missing";
	else if (in->trust->accept_unsigned)
		more = ", and the trust file accepts that";
	else if (in->policy->vouchers.refuse_own)
		more = ", and the policy refuses a build of this store's own";
	printf("Who vouches: unsigned claim - nobody whom this verifier knows stands behind these reference values%s.\n",
		more);
}

static void print_vouch(const struct appraise_in *in, const struct verdict *v)
{
	bool here = appraise_vouched_here(in), rebuilt = appraise_vouched_rebuilt(in);

	if (!in->shape)
		puts("Who vouches: nobody - there are no reference values, and at most the policy names a value.");
	if (in->shape && here)
		puts("Who vouches: built here - this store's own build made these reference values.");
	if (in->shape && rebuilt)
		line_print(stdout,
			"Who vouches: rebuilt by %.*s - %zu of the trust file's %zu operators, where %zu are asked for.",
			STR_ARG(in->quorum->who), in->quorum->n, in->trust->rebuilders.n_operators,
			in->quorum->needed);
	if (in->shape && !here && !rebuilt)
		print_unsigned(in);
	if (v->status == VERDICT_CONTRAINDICATED)
		puts("Who vouches for the machine: nobody, as long as a check above has failed.");
	else
		printf("Who vouches for the machine: %s\n",
			verdict_words_endorser(in->bundle->kind, &v->checks));
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
		in->vouch == APPRAISE_BUILT_HERE    ? ", which this store made"
		: in->quorum && in->quorum->vouched ? ", which those rebuilders got, too"
						    : ", which nobody has checked here");
}

/* Only with reference values can there be a difference from a prediction. */
static bool explain_differences(const struct appraise_out *out, const struct appraise_in *in,
	const struct reference_values *values, struct arena *a, struct err *e)
{
	struct explain_registers x = { .values = values,
		.shape = in->shape,
		.measured = &out->signed_bank,
		.log = out->log.n_banks ? &out->log : NULL };
	size_t n;

	if (!out->differing || !in->shape)
		return true;
	puts("What differs:");
	return explain_registers_print(&n, &x, a, e);
}

static void print_in_short(
	const struct verdict *v, enum verdict_words_age age, enum bundle_kind kind)
{
	CLEANUP(buf_done) struct buf text = buf_init(1024);

	verdict_words_in_short(
		&text, v, check_passed(&v->checks, "nonce") ? age : VERDICT_WORDS_ANY, kind);
	printf("In short: %.*s\n", STR_ARG(buf_str(&text)));
}

bool verdict_text_print(const struct appraise_out *out, const struct appraise_in *in,
	const struct reference_values *values, enum verdict_words_age age, struct arena *a,
	struct err *e)
{
	const struct verdict *v = &out->verdict;
	enum bundle_kind kind = in->bundle->kind;

	print_checks(&v->checks, kind);
	if (!explain_differences(out, in, values, a, e))
		return false;
	print_claims(v);
	print_what(in, values, v->status == VERDICT_AFFIRMING);
	print_coverage(in->shape, kind);
	print_vouch(in, v);
	if (values)
		print_origins(in, values);
	print_in_short(v, age, kind);
	printf("verdict: %s\n", verdict_status_name(v->status));
	return true;
}
