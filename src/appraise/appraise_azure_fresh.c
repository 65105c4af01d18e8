#include "appraise/appraise_azure_inside.h"
#include "base/banned.h"

/*
 * The registers are as fresh as the quote. A nonce that stands only in the HCL report says that the machine runs now, while
 * the quote may be from before it was started with something else: its key stays the same.
 */
static bool carries(
	struct appraise_azure_state *s, struct check *c, struct span want, struct err *e)
{
	struct span got = s->tpm.quote_parsed ? s->tpm.quote.extra_data : span_make(NULL, 0);
	struct err ignored = { 0 };

	c->got = appraise_hex(&s->tpm.w, got);
	c->want = appraise_hex(&s->tpm.w, want);
	if (want.n && got.n == want.n && ct_equal(got.p, want.p, got.n))
		return true;
	if (!want.n || !s->bound || !azure_hcl_check_user_data(&s->hcl, want, &ignored))
		return err_set(e, ERR_MISMATCH, "not fresh: the quote carries other data");
	if (s->tpm.w.in->policy->azure.nonce_in_report)
		return true;
	c->fail_value = CHECK_UNSAFE;
	return err_set(e, ERR_MISMATCH,
		"only the HCL report carries it: the quote, and with it the registers, may be older");
}

/* For evidence that is not bound in this project's way: all that was given must be there. */
static bool is_fresh(struct appraise_azure_state *s, struct check *c, struct err *e)
{
	const struct appraise_in *in = s->tpm.w.in;

	if (!in->report_data.p && !in->nonce)
		return err_set(e, ERR_NOTFOUND,
			"not fresh: nothing was given that it must carry, and the policy does not say archive");
	return (!in->report_data.p || carries(s, c, in->report_data, e)) &&
	       (!in->nonce || carries(s, c, span_make(in->nonce, BINDING_NONCE_SIZE), e));
}

static void check_foreign(struct appraise_azure_state *s)
{
	const struct appraise_in *in = s->tpm.w.in;
	struct check c = { .name = "nonce",
		.what = STR("the evidence is fresh: it answers this verifier's nonce"),
		.whose = STR("this verifier"),
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };
	bool ok;

	appraise_skip(&s->tpm.w,
		(struct check){ .name = "qualifying-data",
			.what = STR("what the evidence is bound to is what the TPM signed"),
			.fail_value = CHECK_CRYPTO_FAILED },
		STR("the evidence was made by another tool: it has no binding"));
	if (!in->report_data.p && !in->nonce && in->policy->freshness == POLICY_ARCHIVE) {
		appraise_skip(&s->tpm.w, c,
			STR("the policy says archive: the evidence may be of any age"));
		return;
	}
	ok = is_fresh(s, &c, &e);
	appraise_test(&s->tpm.w, c, ok, &e);
}

void appraise_azure_fresh(struct appraise_azure_state *s)
{
	if (s->tpm.w.in->bundle->has_binding)
		appraise_tpm_quote_bound(&s->tpm);
	else
		check_foreign(s);
}
