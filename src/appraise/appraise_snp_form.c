#include "appraise/appraise_snp_inside.h"
#include "trust/snp_signature.h"
#include "base/banned.h"

static bool reserved_zero(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_reserved(&s->report, e);
}

static struct str policy_text(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%#llx", (unsigned long long)s->report.policy);
}

static bool policy_form(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_policy_form(&s->report, e);
}

static struct str algorithm_wanted(struct appraise_snp_state *s)
{
	(void)s;
	return STR("1 (ECDSA P-384 with SHA-384), R and S from 1 to the order less 1");
}

static struct str algorithm_text(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%u", s->report.algorithm);
}

static bool signature_form(const struct appraise_snp_state *s, struct err *e)
{
	return snp_signature_check_form(&s->report, e);
}

static const struct appraise_snp_question questions[] = {
	{ "snp-reserved", "reserved bytes are zero, also behind the signature", "AMD 56860",
		CHECK_INSTANCE_IDENTITY, CHECK_CONTRAINDICATED, .ask = reserved_zero },
	{ "snp-policy-form", "the guest policy has the bits that it must have, and no unknown ones",
		"AMD 56860", CHECK_CONFIGURATION, CHECK_CONTRAINDICATED, .got = policy_text,
		.ask = policy_form },
	{ "snp-signature-form", "algorithm and numbers of the signature are in their range",
		"AMD 56860", CHECK_INSTANCE_IDENTITY, CHECK_CRYPTO_FAILED, NULL, algorithm_wanted,
		algorithm_text, signature_form },
};

void appraise_snp_form(struct appraise_snp_state *s)
{
	appraise_snp_ask(s, questions, ARRAY_LEN(questions));
}
