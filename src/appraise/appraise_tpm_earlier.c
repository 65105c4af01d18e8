#include "appraise/appraise_tpm_inside.h"

#include "evidence/tpm_signer.h"
#include "base/banned.h"

static bool has_counters(const struct enrolment *r)
{
	return r && r->has_counters;
}

/* The record of this very key, when it says how far its TPM had come. */
static const struct enrolment *record_of_key(const struct appraise_tpm_state *s)
{
	const struct enrolment *r = s->w.in->enrolment;

	return has_counters(r) && s->ak_parsed &&
			       span_equal(span_make(r->ak.bytes, r->ak.n),
				       span_make(s->ak_name.bytes, s->ak_name.n))
		       ? r
		       : NULL;
}

/*
 * A record of another key of the same TPM, else whoever has put the TPM back would make another key in it. Which TPM it is
 * says the endorsement key for which the credential was made: of a file nothing does.
 */
static const struct enrolment *record_of_tpm(const struct appraise_tpm_state *s)
{
	const struct appraise_in *in = s->w.in;
	const struct enrolment *r = in->tpm_enrolment;
	struct enrolment_tpm t;

	if (!has_counters(r) || !s->ak_parsed || !in->challenge)
		return NULL;
	enrolment_tpm_of(&t, in->challenge->ek_public, &in->bundle->ek_chain);
	return enrolment_is_of(r, &t) ? r : NULL;
}

static const struct enrolment *record_of(const struct appraise_tpm_state *s)
{
	const struct enrolment *r = record_of_key(s);

	return r ? r : record_of_tpm(s);
}

/*
 * For keys of some hierarchies a TPM adds numbers of its own to both counters, the same for one key: their order stays, but
 * where they wrap. Those of two keys are comparable only where both are plain.
 */
static bool are_comparable(
	const struct appraise_tpm_state *s, const struct enrolment *r, struct err *e)
{
	if (record_of_key(s))
		return true;
	if (!r->plain)
		return err_set(e, ERR_MISMATCH,
			"not comparable: this TPM was enrolled with another key, and nothing says that its counters were not hidden by the TPM; `assay enroll` this key, too");
	return tpm_signer_is_plain(&s->quote, &s->ak, s->w.in->bundle->ek_public) ||
	       err_set(e, ERR_MISMATCH,
		       "not comparable: this TPM was enrolled with another key, and for this one, of neither the endorsement nor the platform hierarchy, it hides its counters; `assay enroll` this key, too");
}

/* What an honest owner does next stands in each. */
#define WAS_PUT_BACK \
	"; it was put back, or cleared (TPM2_Clear), which its owner knows: then `assay enroll` it anew"

/*
 * Resets are counted until the TPM is cleared, restarts since the last reset (Part 1, section 36.3). Within one boot the
 * clock tells, but only in a conversation: what comes as a file may have been signed before the key was enrolled.
 */
static bool came_later(const struct appraise_tpm_state *s, const struct enrolment *r, struct err *e)
{
	const struct tpm_quote *q = &s->quote;

	if (!s->quote_parsed)
		return err_set(e, ERR_NOTFOUND, "there is no quote");
	if (!are_comparable(s, r, e))
		return false;
	if (q->reset_count != r->reset_count)
		return q->reset_count > r->reset_count ||
		       err_set(e, ERR_MISMATCH,
			       "the TPM has counted fewer resets than when it was enrolled" WAS_PUT_BACK);
	if (q->restart_count != r->restart_count)
		return q->restart_count > r->restart_count ||
		       err_set(e, ERR_MISMATCH,
			       "the TPM has counted fewer restarts than when it was enrolled" WAS_PUT_BACK);
	return !s->w.in->challenge || q->clock_ms >= r->clock_ms ||
	       err_set(e, ERR_MISMATCH,
		       "the TPM's clock is behind that of when it was enrolled" WAS_PUT_BACK);
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
		appraise_skip(&s->w, c, STR("no earlier quote of this key or of its TPM is known"));
		return;
	}
	c.want = arena_printf(s->w.a, "no less than %.*s%s",
		STR_ARG(counters_text(s, r->reset_count, r->restart_count, r->clock_ms)),
		record_of_key(s) ? "" : ", as a quote by another key of this TPM said");
	if (s->w.in->policy->freshness == POLICY_ARCHIVE)
		appraise_skip(
			&s->w, c, STR("the policy says archive: the evidence may be of any age"));
	else
		appraise_test(&s->w, c, came_later(s, r, &e), &e);
}
