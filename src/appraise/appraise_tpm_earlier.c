#include "appraise/appraise_tpm_inside.h"

#include "base/banned.h"

/* The record of this very key, when it says how far its TPM had come. */
static const struct enrolment *record_of(const struct appraise_tpm_state *s)
{
	const struct enrolment *r = s->w.in->enrolment;

	return r && r->has_counters && s->ak_parsed &&
			       span_equal(span_make(r->ak.bytes, r->ak.n),
				       span_make(s->ak_name.bytes, s->ak_name.n))
		       ? r
		       : NULL;
}

/*
 * Resets are counted for the TPM's life, restarts since the last reset (Part 1, section 36.3). Within one boot the clock
 * tells, but only in a conversation: what comes as a file may have been signed before the key was enrolled. For keys of some
 * hierarchies a TPM adds a number of its own to both counters, the same for one key: their order stays, but where they wrap.
 */
static bool came_later(const struct appraise_tpm_state *s, const struct enrolment *r, struct err *e)
{
	const struct tpm_quote *q = &s->quote;

	if (!s->quote_parsed)
		return err_set(e, ERR_NOTFOUND, "there is no quote");
	if (q->reset_count != r->reset_count)
		return q->reset_count > r->reset_count ||
		       err_set(e, ERR_MISMATCH,
			       "the TPM has counted fewer resets than when it was enrolled");
	if (q->restart_count != r->restart_count)
		return q->restart_count > r->restart_count ||
		       err_set(e, ERR_MISMATCH,
			       "the TPM has counted fewer restarts than when it was enrolled");
	return !s->w.in->challenge || q->clock_ms >= r->clock_ms ||
	       err_set(e, ERR_MISMATCH, "the TPM's clock is behind that of when it was enrolled");
}

static struct str counters_text(
	struct appraise_tpm_state *s, uint32_t resets, uint32_t restarts, uint64_t clock_ms)
{
	return arena_printf(s->w.a, "%u resets, %u restarts, %llu ms", resets, restarts,
		(unsigned long long)clock_ms);
}

bool appraise_tpm_earlier_asked(const struct appraise_tpm_state *s)
{
	return record_of(s) && s->w.in->policy->freshness == POLICY_NONCE;
}

void appraise_tpm_earlier(struct appraise_tpm_state *s)
{
	const struct enrolment *r = record_of(s);
	const struct tpm_quote *q = &s->quote;
	struct check c = { .name = "tpm-counters",
		.what = STR("the TPM has not been put back to before it was enrolled"),
		.whose = STR("this verifier's enrolment record"),
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };

	if (s->quote_parsed)
		c.got = counters_text(s, q->reset_count, q->restart_count, q->clock_ms);
	if (!r) {
		appraise_skip(&s->w, c, STR("no earlier quote of this key is known"));
		return;
	}
	c.want = arena_printf(s->w.a, "no less than %.*s",
		STR_ARG(counters_text(s, r->reset_count, r->restart_count, r->clock_ms)));
	if (s->w.in->policy->freshness == POLICY_ARCHIVE)
		appraise_skip(
			&s->w, c, STR("the policy says archive: the evidence may be of any age"));
	else
		appraise_test(&s->w, c, came_later(s, r, &e), &e);
}
