#include "appraise/appraise_tdx_inside.h"
#include "base/banned.h"

/* Only those that the policy requires are held against the log: what runs later may extend the others. */
static bool log_replays(
	struct appraise_work *w, const struct appraise_tdx_said *said, struct err *e)
{
	const struct policy_tdx *p = &w->in->policy->tdx;
	struct event_log_registers regs;

	if (!event_log_parse(&w->out->log, w->in->bundle->cc_log, w->a, e))
		return false;
	if (w->out->log.form != EVENT_LOG_CC)
		return err_set(e, ERR_FORMAT, "the log is of a TPM's registers, not of a TD's");
	if (!event_log_replay(&regs, &w->out->log, DIGEST_SHA384, e))
		return false;
	for (unsigned i = 0; i < TDX_QUOTE_RTMRS; i++)
		if (p->rtmr[i].required && !span_equal(span_make(regs.values[i].bytes, SHA384_SIZE),
						   said->quote.rtmr[i]))
			return err_set(e, ERR_MISMATCH,
				"the log does not give the signed value of RTMR %u: it explains nothing",
				i);
	return true;
}

void appraise_tdx_log(struct appraise_work *w, const struct appraise_tdx_said *said)
{
	struct check c = { .name = "event-log",
		.what = STR("the event log replays to the signed registers"),
		.whose = STR("evidence"),
		.claim = CHECK_CONFIGURATION,
		.fail_value = CHECK_UNSAFE };
	struct err e = { 0 };

	if (!w->in->bundle->cc_log.p) {
		appraise_skip(w, c, STR("the evidence carries no log"));
		return;
	}
	if (!said->genuine) {
		appraise_skip(w, c, STR("there are no signed values to hold it against"));
		return;
	}
	w->out->log_holds = log_replays(w, said, &e);
	appraise_test(w, c, w->out->log_holds, &e);
}
