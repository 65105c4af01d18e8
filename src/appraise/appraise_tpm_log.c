#include "appraise/appraise_tpm_inside.h"

#include "base/banned.h"

/*
 * The log gives the signed registers. Only those that the policy requires are held against it: others are extended by
 * what never writes to the firmware's log (IMA extends PCR 10, systemd PCR 15).
 */
static bool log_replays(struct appraise_tpm_state *s, struct err *e)
{
	const struct bundle_bank *bank = &s->w.out->signed_bank;
	struct event_log_registers regs;

	if (!event_log_parse(&s->w.out->log, s->w.in->bundle->firmware_log, s->w.a, e))
		return false;
	if (s->w.out->log.form == EVENT_LOG_CC)
		return err_set(e, ERR_FORMAT,
			"the log is of a confidential guest's registers, not of a TPM's");
	if (!event_log_replay(&regs, &s->w.out->log, s->w.in->policy->bank, e))
		return false;
	for (unsigned i = 0; i < EVENT_LOG_PCRS; i++)
		if (s->w.in->policy->registers >> i & 1 && bank->pcrs >> i & 1 &&
			!digest_equal(&regs.values[i], &bank->values[i]))
			return err_set(e, ERR_MISMATCH,
				"the log does not give the signed value of PCR %u: it explains nothing",
				i);
	return true;
}

void appraise_tpm_log(struct appraise_tpm_state *s)
{
	struct check c = { .name = "event-log",
		.what = STR("the event log replays to the signed registers"),
		.whose = STR("evidence"),
		.claim = CHECK_CONFIGURATION,
		.fail_value = CHECK_UNSAFE };
	struct err e = { 0 };

	if (!s->w.in->bundle->firmware_log.p || !s->values_signed) {
		c.result = CHECK_NOT_APPLICABLE;
		c.reason = s->values_signed ? STR("the evidence carries no log")
					    : STR("there are no signed values to hold it against");
		appraise_note(&s->w, c);
		return;
	}
	s->w.out->log_holds = log_replays(s, &e);
	appraise_test(&s->w, c, s->w.out->log_holds, &e);
}
