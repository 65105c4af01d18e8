#include "appraise/appraise_snp_inside.h"
#include "base/banned.h"

/* ---- the four TCB versions among themselves ---- */

static struct str current_text(struct appraise_snp_state *s)
{
	return appraise_snp_raw_tcb(s, s->report.current_tcb);
}

static struct str committed_text(struct appraise_snp_state *s)
{
	return appraise_snp_raw_tcb(s, s->report.committed_tcb);
}

static bool committed_fits(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_committed(&s->report, s->product, true, e);
}

static const char *provisional_allowed(const struct appraise_snp_state *s)
{
	return s->policy->provisional ? "the policy allows provisional firmware" : NULL;
}

static bool nothing_provisional(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_committed(&s->report, s->product, false, e);
}

/* ---- minima ---- */

static const struct policy_snp_minimum *minimum_of(
	const struct appraise_snp_state *s, enum snp_report_tcb which)
{
	return &s->policy->minimum[s->product][which];
}

/* Without a minimum the version must still be one of the line: reserved bytes are zero. */
static void check_tcb(struct appraise_snp_state *s, enum snp_report_tcb which, const char *name)
{
	const struct policy_snp_minimum *min = minimum_of(s, which);
	const struct appraise_snp_question q = { .name = name,
		.whose = "policy",
		.claim = CHECK_HARDWARE,
		.fail_value = CHECK_CONTRAINDICATED };
	struct check c = appraise_snp_check(&q);
	struct snp_tcb tcb;
	struct err e = { 0 };
	bool ok = snp_report_tcb(&tcb, &s->report, which, s->product, &e);

	c.what = arena_printf(
		s->w->a, "%s is as new as the policy demands", snp_report_tcb_name(which));
	if (ok)
		c.got = appraise_snp_tcb_text(s, &tcb, s->product);
	if (ok && !min->given) {
		appraise_skip(s->w, c,
			arena_printf(s->w->a, "the policy names no minimum for %s",
				snp_product_name(s->product)));
		return;
	}
	if (min->given)
		c.want = appraise_snp_tcb_text(s, &min->tcb, s->product);
	ok = ok && snp_report_check_tcb(&s->report, which, s->product, &min->tcb, &e);
	appraise_test(s->w, c, ok, &e);
}

static uint32_t number_of(struct snp_firmware f)
{
	return (uint32_t)f.major << 16 | (uint32_t)f.minor << 8 | f.build;
}

static const char *no_firmware(const struct appraise_snp_state *s)
{
	return number_of(s->policy->firmware) ? NULL : "the policy names no minimum";
}

static struct str firmware_wanted(struct appraise_snp_state *s)
{
	const struct snp_firmware *f = &s->policy->firmware;

	return arena_printf(s->w->a, "%u.%u.%u", f->major, f->minor, f->build);
}

static struct str firmware_text(struct appraise_snp_state *s)
{
	const struct snp_firmware *now = &s->report.current, *least = &s->report.committed;

	return arena_printf(s->w->a, "current %u.%u.%u, committed %u.%u.%u", now->major, now->minor,
		now->build, least->major, least->minor, least->build);
}

static bool firmware_fits(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_firmware(&s->report, &s->policy->firmware, e);
}

static const struct appraise_snp_question questions[] = {
	{ "snp-committed", "what is committed is no newer than what runs", "AMD 56860",
		CHECK_HARDWARE, CHECK_CONTRAINDICATED, NULL, current_text, committed_text,
		committed_fits },
	{ "snp-provisional", "the platform cannot go back behind the firmware that runs", "policy",
		CHECK_HARDWARE, CHECK_UNSAFE, provisional_allowed, current_text, committed_text,
		nothing_provisional },
	{ "snp-firmware", "the firmware is as new as the policy demands", "policy", CHECK_HARDWARE,
		CHECK_CONTRAINDICATED, no_firmware, firmware_wanted, firmware_text, firmware_fits },
};

void appraise_snp_versions(struct appraise_snp_state *s)
{
	static const char *const names[] = { [SNP_TCB_CURRENT] = "snp-tcb-current",
		[SNP_TCB_REPORTED] = "snp-tcb-reported",
		[SNP_TCB_COMMITTED] = "snp-tcb-committed",
		[SNP_TCB_LAUNCH] = "snp-tcb-launch" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check_tcb(s, (enum snp_report_tcb)i, names[i]);
	appraise_snp_ask(s, questions, ARRAY_LEN(questions));
}
