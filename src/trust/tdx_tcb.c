#include "trust/tdx_tcb.h"

#include "base/banned.h"

static const struct tcb_verdict *verdict_of(const struct tdx_tcb *t, size_t which)
{
	switch (which) {
	case 0:
		return &t->platform->verdict;
	case 1:
		return t->module ? &t->module->verdict : NULL;
	default:
		return &t->qe->verdict;
	}
}

enum { VERDICTS = 3 };

static enum tcb_status join(const struct tdx_tcb *t)
{
	enum tcb_status all = TCB_STATUS_UP_TO_DATE;

	for (size_t i = 0; i < VERDICTS; i++)
		if (verdict_of(t, i))
			all = tcb_status_join(all, verdict_of(t, i)->status);
	return all;
}

/* Platform and module by one of the quote's two TCB SVNs. */
static bool levels(struct tdx_tcb *t, const struct pck_extension *p, const struct tcb_info *info,
	struct span tee_tcb_svn, struct err *e)
{
	return tcb_info_level(&t->platform, info, p, tee_tcb_svn, e) &&
	       tcb_info_module_level(&t->module, info, tee_tcb_svn, e);
}

static size_t module_behind(const struct tcb_info *info, const struct tcb_module_level *level)
{
	for (size_t i = 0; level && i < info->n_modules; i++) {
		const struct tcb_module *m = &info->modules[i];

		for (size_t k = 0; k < m->n_levels; k++)
			if (level == &m->levels[k])
				return k;
	}
	return 0;
}

/*
 * What runs now, in place of what the TD was launched with, may do where that would not; it must have levels, too, in any case.
 * What the launch leaves to be configured is left.
 */
static bool relaunch(struct tdx_tcb *t, const struct tdx_quote *q, const struct pck_extension *p,
	const struct tcb_info *info, struct err *e)
{
	struct tdx_tcb now = *t;
	enum tcb_status all;

	if (!q->tee_tcb_svn2.n)
		return true;
	if (!levels(&now, p, info, q->tee_tcb_svn2, e))
		return err_wrap(e, "what runs now, by TEE_TCB_SVN2");
	all = join(&now);
	if (!tcb_status_is_out_of_date(t->status) || !tcb_status_is_current(all))
		return true;
	if (t->status == TCB_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED)
		all = tcb_status_join(all, TCB_STATUS_CONFIGURATION_NEEDED);
	t->status = tcb_status_join(TCB_STATUS_TD_RELAUNCH_ADVISED, all);
	return true;
}

bool tdx_tcb_evaluate(struct tdx_tcb *ret, const struct tdx_quote *q, const struct pck_extension *p,
	const struct tcb_info *info, const struct qe_identity *i, struct err *e)
{
	struct tdx_tcb t = { 0 };

	if (!levels(&t, p, info, q->tee_tcb_svn, e) ||
		!qe_identity_level(&t.qe, i, q->qe.isv_svn, e))
		return false;
	t.platform_behind = (size_t)(t.platform - info->levels);
	t.module_behind = module_behind(info, t.module);
	t.qe_behind = (size_t)(t.qe - i->levels);
	t.evaluation_number = info->evaluation_number < i->evaluation_number
				      ? info->evaluation_number
				      : i->evaluation_number;
	t.oldest_date_unix = t.platform->verdict.date_unix;
	for (size_t k = 0; k < VERDICTS; k++) {
		const struct tcb_verdict *v = verdict_of(&t, k);

		if (v && v->date_unix < t.oldest_date_unix)
			t.oldest_date_unix = v->date_unix;
	}
	t.status = join(&t);
	if (!relaunch(&t, q, p, info, e))
		return false;
	*ret = t;
	return true;
}

static bool is_in(const struct str *list, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(list[i], s))
			return true;
	return false;
}

size_t tdx_tcb_advisories(const struct tdx_tcb *t, struct str *out, size_t max)
{
	size_t n = 0;

	for (size_t k = 0; k < VERDICTS; k++) {
		const struct tcb_verdict *v = verdict_of(t, k);

		for (size_t i = 0; v && i < v->n_advisories && n < max; i++)
			if (!is_in(out, n, v->advisories[i]))
				out[n++] = v->advisories[i];
	}
	return n;
}
