#include "evidence/snp_report_check.h"

#include "base/banned.h"

const char *snp_report_tcb_name(enum snp_report_tcb which)
{
	static const char *const names[] = { "CURRENT_TCB", "REPORTED_TCB", "COMMITTED_TCB",
		"LAUNCH_TCB" };

	return names[which];
}

bool snp_report_tcb(struct snp_tcb *ret, const struct snp_report *r, enum snp_report_tcb which,
	enum snp_product product, struct err *e)
{
	const uint64_t raw[] = { r->current_tcb, r->reported_tcb, r->committed_tcb, r->launch_tcb };

	return snp_tcb_read(ret, raw[which], product, e) ||
	       err_wrap(e, "%s", snp_report_tcb_name(which));
}

bool snp_report_check_tcb(const struct snp_report *r, enum snp_report_tcb which,
	enum snp_product product, const struct snp_tcb *min, struct err *e)
{
	struct snp_tcb tcb;

	return snp_report_tcb(&tcb, r, which, product, e) &&
	       snp_tcb_check_at_least(snp_report_tcb_name(which), &tcb, "the minimum", min, e);
}

static uint32_t number_of(const struct snp_firmware *v)
{
	return (uint32_t)v->major << 16 | (uint32_t)v->minor << 8 | v->build;
}

static bool firmware_at_least(const char *name, const struct snp_firmware *v, const char *min_name,
	const struct snp_firmware *min, struct err *e)
{
	return number_of(v) >= number_of(min) ||
	       err_set(e, ERR_MISMATCH, "%s is %u.%u build %u, older than %s: %u.%u build %u", name,
		       v->major, v->minor, v->build, min_name, min->major, min->minor, min->build);
}

bool snp_report_check_committed(
	const struct snp_report *r, enum snp_product product, bool provisional, struct err *e)
{
	struct snp_tcb current, committed;

	if (!snp_report_tcb(&current, r, SNP_TCB_CURRENT, product, e) ||
		!snp_report_tcb(&committed, r, SNP_TCB_COMMITTED, product, e) ||
		!snp_tcb_check_at_least("CURRENT_TCB", &current, "COMMITTED_TCB", &committed, e) ||
		!firmware_at_least(
			"current firmware", &r->current, "the committed", &r->committed, e))
		return false;
	if (provisional)
		return true;
	if (number_of(&r->current) != number_of(&r->committed))
		return err_set(e, ERR_MISMATCH,
			"committed firmware is %u.%u build %u, the current one is provisional: the platform can go back behind it",
			r->committed.major, r->committed.minor, r->committed.build);
	return snp_tcb_check_equal("COMMITTED_TCB", &committed, "CURRENT_TCB", &current, e) ||
	       err_wrap(e, "provisional firmware");
}

bool snp_report_check_firmware(
	const struct snp_report *r, const struct snp_firmware *min, struct err *e)
{
	return firmware_at_least("current firmware", &r->current, "the minimum", min, e) &&
	       firmware_at_least("committed firmware", &r->committed, "the minimum", min, e);
}
