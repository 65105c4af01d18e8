#include "appraise/appraise_tdx_inside.h"

#include "base/utc.h"
#include "base/banned.h"

enum { TEXT_MAX = 4096, LAGS_SHOWN = 4 };

static struct check check_of(const char *name, struct str what, const char *whose)
{
	return (struct check){ .name = name,
		.what = what,
		.whose = str_of(whose),
		.claim = CHECK_HARDWARE,
		.fail_value = CHECK_CONTRAINDICATED };
}

/* Quote, PCK certificate and both documents are what the levels are about. */
static bool can_be_judged(const struct appraise_tdx_state *s, struct err *e)
{
	if (!appraise_tdx_quote_told(s, e))
		return false;
	return (s->has_platform && s->info_holds && s->identity_holds) ||
	       err_set(e, ERR_NOTFOUND,
		       "it cannot be told: PCK certificate, TCB info and QE identity do not all hold");
}

static void check_module(struct appraise_tdx_state *s)
{
	struct check c = check_of("tdx-module",
		STR("the TDX module is one that the TCB info names: signer, attributes, version"),
		"TCB info");
	const struct tcb_module *module = NULL;
	struct err e = { 0 };
	bool ok = can_be_judged(s, &e) && tcb_info_module(&module, &s->info, &s->said->quote, &e);

	c.got = arena_printf(s->w->a, "MRSEAM %.*s, TEE_TCB_SVN %.*s",
		STR_ARG(appraise_hex(s->w, s->said->quote.mrseam)),
		STR_ARG(appraise_hex(s->w, s->said->quote.tee_tcb_svn)));
	c.fail_value = CHECK_NOT_RECOGNISED;
	appraise_test(s->w, c, ok, &e);
}

/* ---- status ---- */

static const char *lag_name(const struct tcb_lag *l)
{
	return l->kind == TCB_LAG_SGX ? "SGX" : l->kind == TCB_LAG_TDX ? "TDX" : "PCE";
}

/* What keeps the platform from its newest level. */
static void say_lags(struct buf *b, const struct appraise_tdx_state *s)
{
	struct tcb_lag lags[TCB_INFO_LAGS_MAX];
	size_t n = s->info.n_levels ? tcb_info_lags(lags, &s->info.levels[0], &s->platform,
					      s->said->quote.tee_tcb_svn)
				    : 0;

	for (size_t i = 0; i < n && i < LAGS_SHOWN; i++) {
		const struct tcb_lag *l = &lags[i];

		buf_printf(b, "; %s component", lag_name(l));
		if (l->kind != TCB_LAG_PCE)
			buf_printf(b, " %zu", l->component);
		if (l->type.n && l->kind != TCB_LAG_PCE)
			buf_printf(b, " (%.*s)", STR_ARG(l->type));
		buf_printf(b, " is %u, the newest level wants %u", l->have, l->want);
	}
	if (n > LAGS_SHOWN)
		buf_printf(b, "; and %zu more", n - LAGS_SHOWN);
}

static void say_behind(struct buf *b, const char *what, size_t behind, int64_t date_unix)
{
	char date[UTC_SIZE];

	utc_write(date, date_unix);
	buf_printf(b, "; %s: level of %s", what, date);
	if (behind)
		buf_printf(b, ", %zu level%s behind", behind, behind > 1 ? "s" : "");
}

static void say_advisories(struct buf *b, const struct tdx_tcb *t)
{
	struct str list[TDX_TCB_ADVISORIES_MAX];
	size_t n = tdx_tcb_advisories(t, list, ARRAY_LEN(list));

	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%.*s", i ? ", " : "; advisories ", STR_ARG(list[i]));
}

static struct str status_text(const struct appraise_tdx_state *s, const struct tdx_tcb *t)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT_MAX);

	buf_printf(&b, "%s", tcb_status_name(t->status));
	say_behind(&b, "platform", t->platform_behind, t->platform->verdict.date_unix);
	say_lags(&b, s);
	if (t->module)
		say_behind(&b, "TDX module", t->module_behind, t->module->verdict.date_unix);
	say_behind(&b, "quoting enclave", t->qe_behind, t->qe->verdict.date_unix);
	if (t->qe_behind)
		buf_printf(&b, ", ISVSVN %u, the newest wants %u", s->said->quote.qe.isv_svn,
			s->identity.levels[0].isv_svn);
	say_advisories(&b, t);
	buf_printf(&b, "; by evaluation number %llu", (unsigned long long)t->evaluation_number);
	return arena_str(s->w->a, buf_str(&b));
}

static struct str wanted_statuses(const struct appraise_tdx_state *s)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT_MAX);

	for (enum tcb_status i = 0; i < TCB_STATUSES; i++)
		if (s->p->tcb_statuses >> i & 1)
			buf_printf(&b, "%s%s", b.n ? " or " : "", tcb_status_name(i));
	return arena_str(s->w->a, b.n ? buf_str(&b) : STR("none"));
}

/* What is left to the platform's owner warns; what has known holes contraindicates. */
static int fail_value(enum tcb_status status)
{
	return tcb_status_is_current(status) || status == TCB_STATUS_TD_RELAUNCH_ADVISED ||
			       status == TCB_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
		       ? CHECK_UNSAFE
		       : CHECK_CONTRAINDICATED;
}

/* True with *t when platform, module and quoting enclave have levels. */
static bool check_status(struct appraise_tdx_state *s, struct tdx_tcb *t)
{
	struct check c = check_of(
		"tdx-tcb-status", STR("Intel judges the TCB as the policy accepts"), "policy");
	struct err e = { 0 };
	bool ok;

	c.want = wanted_statuses(s);
	if (!can_be_judged(s, &e) ||
		!tdx_tcb_evaluate(t, &s->said->quote, &s->platform, &s->info, &s->identity, &e)) {
		appraise_test(s->w, c, false, &e);
		return false;
	}
	ok = s->p->tcb_statuses >> t->status & 1 && t->status != TCB_STATUS_NONE;
	c.got = status_text(s, t);
	c.fail_value = fail_value(t->status);
	c.result = ok ? CHECK_PASSED : CHECK_FAILED;
	if (!ok)
		c.reason = arena_printf(
			s->w->a, "the policy does not accept this TCB: %.*s", STR_ARG(c.got));
	appraise_note(s->w, c);
	s->said->hardware = (struct verdict_claim){ CHECK_AFFIRMS,
		arena_printf(s->w->a, "a TDX platform, TCB status %.*s", STR_ARG(c.got)) };
	return true;
}

/* ---- minima ---- */

static bool levels_told(const struct tdx_tcb *t, struct err *e)
{
	return t || err_set(e, ERR_NOTFOUND, "it cannot be told: the TCB has no level");
}

static void check_date(struct appraise_tdx_state *s, const struct tdx_tcb *t)
{
	struct check c = check_of("tdx-tcb-date",
		STR("platform, TDX module and quoting enclave are of levels as late as the policy asks"),
		"policy");
	char date[UTC_SIZE];
	struct err e = { 0 };
	bool ok;

	if (!s->p->minimum_tcb_date) {
		appraise_skip(s->w, c, STR("the policy asks for no date"));
		return;
	}
	utc_write(date, s->p->minimum_tcb_date);
	c.want = arena_str(s->w->a, str_of(date));
	if (t) {
		utc_write(date, t->oldest_date_unix);
		c.got = arena_str(s->w->a, str_of(date));
	}
	ok = levels_told(t, &e) &&
	     (t->oldest_date_unix >= s->p->minimum_tcb_date ||
		     err_set(&e, ERR_MISMATCH, "the oldest of the three levels is of %s", date));
	appraise_test(s->w, c, ok, &e);
}

static void check_evaluation(struct appraise_tdx_state *s, const struct tdx_tcb *t)
{
	unsigned long long want = s->p->minimum_evaluation, got = t ? t->evaluation_number : 0;
	struct check c = check_of("tdx-tcb-evaluation",
		STR("TCB info and QE identity are of an evaluation as late as the policy asks"),
		"policy");
	struct err e = { 0 };
	bool ok;

	if (t)
		c.got = arena_printf(s->w->a, "%llu", got);
	if (!want) {
		appraise_skip(s->w, c, STR("the policy asks for no evaluation number"));
		return;
	}
	c.want = arena_printf(s->w->a, "%llu or later", want);
	ok = levels_told(t, &e) &&
	     (got >= want ||
		     err_set(&e, ERR_MISMATCH,
			     "tcbEvaluationDataNumber %llu: documents from before what the policy asks for",
			     got));
	appraise_test(s->w, c, ok, &e);
}

static bool is_named(const struct policy_tdx_names *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_equal(l->names[i], name))
			return true;
	return false;
}

static bool advisories_accepted(const struct policy_tdx *p, const struct tdx_tcb *t, struct err *e)
{
	struct str list[TDX_TCB_ADVISORIES_MAX];
	size_t n = tdx_tcb_advisories(t, list, ARRAY_LEN(list));

	for (size_t i = 0; i < n; i++) {
		if (is_named(&p->advisories_denied, list[i]))
			return err_set(e, ERR_MISMATCH, "%.*s applies, which the policy denies",
				STR_ARG(list[i]));
		if (p->has_advisories_allowed && !is_named(&p->advisories_allowed, list[i]))
			return err_set(e, ERR_MISMATCH,
				"%.*s applies, which the policy does not allow", STR_ARG(list[i]));
	}
	return true;
}

static void check_advisories(struct appraise_tdx_state *s, const struct tdx_tcb *t)
{
	struct check c = check_of("tdx-advisories",
		STR("no advisory applies to the TCB but those that the policy accepts"), "policy");
	struct err e = { 0 };

	if (!s->p->advisories_denied.n && !s->p->has_advisories_allowed) {
		appraise_skip(s->w, c, STR("the policy speaks of no advisories"));
		return;
	}
	appraise_test(s->w, c, levels_told(t, &e) && advisories_accepted(s->p, t, &e), &e);
}

static void check_svn(struct appraise_tdx_state *s)
{
	struct span got = s->said->quote.tee_tcb_svn, want = SPAN_OF(s->p->minimum_svn);
	struct check c = check_of(
		"tdx-tee-tcb-svn", STR("TEE_TCB_SVN is at least what the policy asks"), "policy");
	struct err e = { 0 };
	bool ok = appraise_tdx_quote_told(s, &e);
	uint8_t any = 0;

	for (size_t i = 0; i < want.n; i++)
		any |= want.p[i];
	c.got = appraise_hex(s->w, got);
	if (!any) {
		appraise_skip(s->w, c, STR("the policy asks for no minimum"));
		return;
	}
	c.want = appraise_hex(s->w, want);
	for (size_t i = 0; ok && i < want.n; i++)
		ok = (i < got.n && got.p[i] >= want.p[i]) ||
		     err_set(&e, ERR_MISMATCH, "TEE_TCB_SVN: component %zu is %u, want %u", i,
			     i < got.n ? got.p[i] : 0, want.p[i]);
	appraise_test(s->w, c, ok, &e);
}

void appraise_tdx_tcb(struct appraise_tdx_state *s)
{
	struct tdx_tcb tcb = { 0 };
	const struct tdx_tcb *t;

	check_module(s);
	t = check_status(s, &tcb) ? &tcb : NULL;
	check_date(s, t);
	check_evaluation(s, t);
	check_advisories(s, t);
	check_svn(s);
}
