#include "appraise/appraise_azure_inside.h"
#include "appraise/appraise_fresh.h"
#include "base/banned.h"

struct answer {
	struct appraise_azure_state *s;
};

/*
 * The registers are as fresh as the quote. A nonce that stands only in the HCL report says that the machine runs now, while
 * the quote may be from before it was started with something else: its key stays the same.
 */
static bool carries(const void *of, struct check *c, struct span want, struct err *e)
{
	struct appraise_azure_state *s = ((const struct answer *)of)->s;
	struct span got = s->tpm.quote_parsed ? s->tpm.quote.extra_data : span_make(NULL, 0);
	struct err ignored = { 0 };

	c->got = appraise_hex(&s->tpm.w, got);
	if (got.n == want.n && ct_equal(got.p, want.p, got.n))
		return true;
	if (!s->bound || !azure_hcl_check_user_data(&s->hcl, want, &ignored))
		return err_set(e, ERR_MISMATCH, "the quote carries other data");
	if (s->tpm.w.in->policy->azure.nonce_in_report)
		return true;
	c->fail_value = CHECK_UNSAFE;
	return err_set(e, ERR_MISMATCH,
		"only the HCL report carries it: the quote, and with it the registers, may be older");
}

/* Evidence that is not bound in this project's way. */
static void check_foreign(struct appraise_azure_state *s)
{
	const struct answer answer = { s };

	appraise_skip(&s->tpm.w,
		(struct check){ .name = "qualifying-data",
			.what = STR("what the evidence is bound to is what the TPM signed"),
			.fail_value = CHECK_CRYPTO_FAILED },
		STR("the evidence was made by another tool: it has no binding"));
	appraise_fresh_answers(
		&s->tpm.w, &(struct appraise_carrier){ .carries = carries, .of = &answer });
}

void appraise_azure_fresh(struct appraise_azure_state *s)
{
	if (s->tpm.w.in->bundle->has_binding)
		appraise_tpm_quote_bound(&s->tpm);
	else
		check_foreign(s);
}
