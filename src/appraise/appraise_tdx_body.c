#include "appraise/appraise_tdx_inside.h"
#include "base/banned.h"

/* Says that it cannot be told when the quote is nobody's word. */
static void test(struct appraise_tdx_state *s, struct check c, bool ok, struct err *e)
{
	struct err untold = { 0 };

	if (appraise_tdx_quote_told(s, &untold))
		appraise_test(s->w, c, ok, e);
	else
		appraise_test(s->w, c, false, &untold);
}

/* ---- attributes ---- */

static struct str bits_text(struct appraise_tdx_state *s, uint64_t v)
{
	return arena_printf(s->w->a, "0x%016llx", (unsigned long long)v);
}

static void check_debug(struct appraise_tdx_state *s)
{
	uint64_t tud = s->said->quote.td_attributes & TDX_QUOTE_ATTRIBUTES_TUD;
	struct err e = { 0 }, untold = { 0 };
	bool told = appraise_tdx_quote_told(s, &untold);
	bool ok = !tud || (s->p->debug && tud == TDX_QUOTE_ATTRIBUTE_DEBUG) ||
		  err_set(&e, ERR_MISMATCH,
			  "the TD is under debug (attributes 0x%llx): the host can read all of it",
			  (unsigned long long)tud);

	test(s,
		(struct check){ .name = "tdx-debug",
			.what = tud && ok && told
					? STR("the host can debug the TD, and the policy allows that")
					: STR("the host cannot debug the TD"),
			.want = s->p->debug ? STR("allowed") : STR("off"),
			.got = tud ? STR("on") : STR("off"),
			.whose = STR("policy"),
			.claim = CHECK_RUNTIME_OPAQUE,
			.fail_value = CHECK_CONTRAINDICATED },
		ok, &e);
}

static void check_migration(struct appraise_tdx_state *s)
{
	bool on = (s->said->quote.td_attributes & TDX_QUOTE_ATTRIBUTE_MIGRATABLE) != 0;
	struct err e = { 0 }, untold = { 0 };
	bool told = appraise_tdx_quote_told(s, &untold);
	bool ok = !on || s->p->migration ||
		  err_set(&e, ERR_MISMATCH,
			  "the TD is migratable: a service TD may move it to another platform");

	test(s,
		(struct check){ .name = "tdx-migration",
			.what = on && ok && told
					? STR("the TD can be migrated, and the policy allows that")
					: STR("the TD cannot be migrated"),
			.want = s->p->migration ? STR("allowed") : STR("off"),
			.got = on ? STR("on") : STR("off"),
			.whose = STR("policy"),
			.claim = CHECK_RUNTIME_OPAQUE,
			.fail_value = CHECK_CONTRAINDICATED },
		ok, &e);
}

static void check_fixed(struct appraise_tdx_state *s)
{
	const struct tdx_quote *q = &s->said->quote;
	uint64_t reserved = tdx_quote_attributes_reserved(q);
	struct err e = { 0 };
	bool ok = !reserved ||
		  err_set(&e, ERR_FORMAT, "TD attributes have the reserved bits 0x%llx",
			  (unsigned long long)reserved);
	struct check c = { .name = "tdx-attributes-fixed",
		.what = STR("the TD's attributes have no bits that are reserved"),
		.got = bits_text(s, q->td_attributes),
		.whose = STR("Intel TDX module specification"),
		.claim = CHECK_CONFIGURATION,
		.fail_value = CHECK_CONTRAINDICATED };

	test(s, c, ok, &e);
	c.name = "tdx-xfam-fixed";
	c.what = STR("XFAM has the bits that are always on, and none that is reserved");
	c.got = bits_text(s, q->xfam);
	ok = tdx_quote_xfam_ok(q, &e);
	test(s, c, ok, &e);
}

static void check_bits(struct appraise_tdx_state *s, const char *name, const char *what,
	const struct policy_tdx_bits *want, uint64_t got)
{
	uint64_t lacks = want->must & ~got, has = want->must_not & got;
	struct check c = { .name = name,
		.what = arena_printf(s->w->a, "%s has the bits that the policy asks for", what),
		.got = bits_text(s, got),
		.whose = STR("policy"),
		.claim = CHECK_CONFIGURATION,
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };
	bool ok = !lacks && !has;

	if (!want->must && !want->must_not) {
		appraise_skip(s->w, c, STR("the policy asks for no bits"));
		return;
	}
	c.want = arena_printf(s->w->a, "all of 0x%llx, none of 0x%llx",
		(unsigned long long)want->must, (unsigned long long)want->must_not);
	if (!ok)
		err_set(&e, ERR_MISMATCH, "%s lacks 0x%llx and has 0x%llx", what,
			(unsigned long long)lacks, (unsigned long long)has);
	test(s, c, ok, &e);
}

/* ---- values ---- */

static bool is_one_of(struct span value, const struct policy_tdx_values *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_equal(value, l->values[i]))
			return true;
	return false;
}

static struct str values_text(struct appraise_tdx_state *s, const struct policy_tdx_values *l)
{
	return l->n == 1 ? appraise_hex(s->w, l->values[0])
			 : arena_printf(s->w->a, "one of %zu values", l->n);
}

/* A field that the policy may name values of. */
static void check_value(struct appraise_tdx_state *s, const char *name, const char *what,
	struct span got, const struct policy_tdx_values *want, enum check_claim claim)
{
	struct check c = { .name = name,
		.what = arena_printf(s->w->a, "%s is a value that the policy names", what),
		.got = appraise_hex(s->w, got),
		.whose = STR("policy"),
		.claim = claim,
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };
	bool ok;

	if (!want->n) {
		appraise_skip(s->w, c, STR("the policy names no value"));
		return;
	}
	c.want = values_text(s, want);
	ok = is_one_of(got, want) ||
	     err_set(&e, ERR_MISMATCH, "%s is none of the values that the policy names", what);
	test(s, c, ok, &e);
}

static void check_signer(struct appraise_tdx_state *s)
{
	struct err e = { 0 };
	bool ok = span_is_zero(s->said->quote.mrsignerseam) ||
		  err_set(&e, ERR_MISMATCH, "MRSIGNERSEAM is not zero: the module is not Intel's");

	test(s,
		(struct check){ .name = "tdx-mrsignerseam",
			.what = STR("MRSIGNERSEAM is zero, as Intel's TDX modules have it"),
			.want = STR("zero"),
			.got = appraise_hex(s->w, s->said->quote.mrsignerseam),
			.whose = STR("Intel TDX module specification"),
			.claim = CHECK_HARDWARE,
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

/* A service TD can read and move this one. Quotes of TDX 1.0 do not say whether there is one. */
static void check_service_td(struct appraise_tdx_state *s)
{
	const struct policy_tdx_values *want = &s->p->mrservicetd;
	struct span got = s->said->quote.mrservicetd;
	struct check c = { .name = "tdx-service-td",
		.what = STR("no service TD is bound but one that the policy names"),
		.got = appraise_hex(s->w, got),
		.whose = STR("policy"),
		.claim = CHECK_RUNTIME_OPAQUE,
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };
	bool ok;

	if (!got.n && !want->n) {
		appraise_skip(s->w, c,
			STR("the quote is of TDX 1.0, which has no field for service TDs"));
		return;
	}
	c.want = want->n ? values_text(s, want) : STR("zero");
	ok = want->n ? is_one_of(got, want) : span_is_zero(got);
	if (!ok)
		err_set(&e, ERR_MISMATCH, "MRSERVICETD is %s",
			!got.n ? "not in a quote of TDX 1.0"
			: want->n
				? "none of the values that the policy names"
				: "not zero: a service TD is bound, which the policy does not name");
	test(s, c, ok, &e);
}

/* Underneath another machine: no reference values speak of these registers. */
static void check_registers(struct appraise_tdx_state *s)
{
	static const char *const names[] = { "tdx-rtmr-0", "tdx-rtmr-1", "tdx-rtmr-2",
		"tdx-rtmr-3" };
	static const char *const what[] = { "RTMR 0", "RTMR 1", "RTMR 2", "RTMR 3" };
	const struct tdx_quote *q = &s->said->quote;

	check_value(s, "tdx-mrtd", "MRTD", q->mrtd, &s->p->mrtd, CHECK_EXECUTABLES);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check_value(s, names[i], what[i], q->rtmr[i], &s->p->rtmr[i].one_of,
			CHECK_CONFIGURATION);
}

void appraise_tdx_body(struct appraise_tdx_state *s)
{
	const struct tdx_quote *q = &s->said->quote;

	check_debug(s);
	check_migration(s);
	check_service_td(s);
	check_fixed(s);
	check_bits(s, "tdx-attributes", "the TD's attributes", &s->p->attributes, q->td_attributes);
	check_bits(s, "tdx-xfam", "XFAM", &s->p->xfam, q->xfam);
	check_value(s, "tdx-mrseam", "MRSEAM", q->mrseam, &s->p->mrseam, CHECK_HARDWARE);
	check_signer(s);
	check_value(s, "tdx-mrconfigid", "MRCONFIGID", q->mrconfigid, &s->p->mrconfigid,
		CHECK_CONFIGURATION);
	check_value(s, "tdx-mrowner", "MROWNER", q->mrowner, &s->p->mrowner, CHECK_CONFIGURATION);
	check_value(s, "tdx-mrownerconfig", "MROWNERCONFIG", q->mrownerconfig, &s->p->mrownerconfig,
		CHECK_CONFIGURATION);
	if (s->w->in->bundle->kind != BUNDLE_TDX)
		check_registers(s);
}
