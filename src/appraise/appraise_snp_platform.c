#include "appraise/appraise_snp_inside.h"
#include "base/banned.h"

/* ---- which hardware ---- */

static struct str products_wanted(struct appraise_snp_state *s)
{
	CLEANUP(buf_done) struct buf b = buf_init(64);

	for (int p = SNP_MILAN; p <= SNP_TURIN; p++)
		if (s->policy->products >> p & 1)
			buf_printf(
				&b, "%s%s", b.n ? ", " : "", snp_product_name((enum snp_product)p));
	return arena_str(s->w->a, buf_str(&b));
}

static struct str product_text(struct appraise_snp_state *s)
{
	return str_of(snp_product_name(s->product));
}

static bool product_allowed(const struct appraise_snp_state *s, struct err *e)
{
	return (s->product != SNP_PRODUCT_UNKNOWN && s->policy->products >> s->product & 1) ||
	       err_set(e, ERR_MISMATCH, "the policy does not take processors of the line %s",
		       snp_product_name(s->product));
}

static struct str signers_wanted(struct appraise_snp_state *s)
{
	bool vcek = s->policy->signers >> SNP_KEY_VCEK & 1;
	bool vlek = s->policy->signers >> SNP_KEY_VLEK & 1;

	if (vcek && vlek)
		return STR("VCEK or VLEK");
	return vcek ? STR("VCEK") : STR("VLEK");
}

static struct str signer_text(struct appraise_snp_state *s)
{
	return str_of(snp_report_key_name(s->report.signing_key));
}

static bool signer_allowed(const struct appraise_snp_state *s, struct err *e)
{
	return s->policy->signers >> s->report.signing_key & 1 ||
	       err_set(e, ERR_MISMATCH, "the policy does not take reports signed by %s",
		       snp_report_key_name(s->report.signing_key));
}

static const char *no_chips(const struct appraise_snp_state *s)
{
	return s->policy->chips.n ? NULL : "the policy names no chips: any of AMD's is taken";
}

static struct str chips_wanted(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "one of %zu chips", s->policy->chips.n);
}

static struct str chip_text(struct appraise_snp_state *s)
{
	return appraise_hex(s->w, s->report.chip_id);
}

/* A leased key is held by every chip of its provider: what one of them says of itself counts no more than the others. */
static bool chip_allowed(const struct appraise_snp_state *s, struct err *e)
{
	if (s->leaf.kind == SNP_LEAF_VLEK || s->report.signing_key == SNP_KEY_VLEK)
		return err_set(e, ERR_MISMATCH,
			"the report is signed by a VLEK, which is no chip's: CHIP_ID is %s",
			snp_report_is_blank(s->report.chip_id) ? "all zero"
							       : "not tied to its key");
	return snp_report_check_field(
		&s->report, SNP_FIELD_CHIP_ID, s->policy->chips.items, s->policy->chips.n, e);
}

/* ---- PLATFORM_INFO, mitigations ---- */

static struct str platform_text(struct appraise_snp_state *s)
{
	return appraise_snp_bits(s, s->report.platform_info, snp_report_platform_bit);
}

static bool platform_known(const struct appraise_snp_state *s, struct err *e)
{
	uint64_t named = s->policy->platform_info.must | s->policy->platform_info.must_not;

	return snp_report_check_platform(&s->report, 0, ~(SNP_PLATFORM_KNOWN | named), e);
}

static const char *no_platform_info(const struct appraise_snp_state *s)
{
	const struct policy_snp_bits *b = &s->policy->platform_info;

	return b->must | b->must_not ? NULL : "the policy asks for no bit of PLATFORM_INFO";
}

static struct str platform_wanted(struct appraise_snp_state *s)
{
	return appraise_snp_must_text(s, &s->policy->platform_info, snp_report_platform_bit);
}

static bool platform_fits(const struct appraise_snp_state *s, struct err *e)
{
	const struct policy_snp_bits *b = &s->policy->platform_info;

	return snp_report_check_platform(&s->report, b->must, b->must_not, e);
}

static const char *no_mitigations(const struct appraise_snp_state *s)
{
	return s->policy->launch_mitigations | s->policy->current_mitigations
		       ? NULL
		       : "the policy asks for no mitigation";
}

static struct str mitigations_wanted(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "at launch %.*s; now %.*s",
		STR_ARG(appraise_snp_bits(s, s->policy->launch_mitigations, NULL)),
		STR_ARG(appraise_snp_bits(s, s->policy->current_mitigations, NULL)));
}

static struct str mitigations_text(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "at launch %.*s; now %.*s",
		STR_ARG(appraise_snp_bits(s, s->report.launch_mitigations, NULL)),
		STR_ARG(appraise_snp_bits(s, s->report.current_mitigations, NULL)));
}

static bool mitigations_fit(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_mitigations(
		&s->report, s->policy->launch_mitigations, s->policy->current_mitigations, e);
}

static const struct appraise_snp_question questions[] = {
	{ "snp-products", "the policy takes this product line", "policy", CHECK_HARDWARE,
		CHECK_CONTRAINDICATED, NULL, products_wanted, product_text, product_allowed },
	{ "snp-signers", "the policy takes this kind of key", "policy", CHECK_INSTANCE_IDENTITY,
		CHECK_NOT_RECOGNISED, NULL, signers_wanted, signer_text, signer_allowed },
	{ "snp-chips", "the chip is one that the policy names", "policy", CHECK_INSTANCE_IDENTITY,
		CHECK_NOT_RECOGNISED, no_chips, chips_wanted, chip_text, chip_allowed },
	{ "snp-platform-form", "PLATFORM_INFO has no bits that nobody here knows", "AMD 56860",
		CHECK_HARDWARE, CHECK_UNSAFE, NULL, NULL, platform_text, platform_known },
	{ "snp-platform-info", "the platform is set up as the policy demands", "policy",
		CHECK_HARDWARE, CHECK_CONTRAINDICATED, no_platform_info, platform_wanted,
		platform_text, platform_fits },
	{ "snp-mitigations", "the mitigations that the policy names are in force", "policy",
		CHECK_HARDWARE, CHECK_CONTRAINDICATED, no_mitigations, mitigations_wanted,
		mitigations_text, mitigations_fit },
};

void appraise_snp_platform(struct appraise_snp_state *s)
{
	appraise_snp_ask(s, questions, ARRAY_LEN(questions));
	appraise_snp_versions(s);
}
