#include "appraise/appraise_snp_inside.h"
#include "base/banned.h"

/* ---- the guest policy ---- */

static struct str guest_policy_text(struct appraise_snp_state *s)
{
	uint64_t bits = s->report.policy &
			~(SNP_POLICY_ABI_MAJOR | SNP_POLICY_ABI_MINOR | SNP_POLICY_ONE);

	return appraise_snp_bits(s, bits, snp_report_policy_bit);
}

static bool debug_fits(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_policy(&s->report, 0, s->policy->debug ? 0 : SNP_POLICY_DEBUG, e) ||
	       err_wrap(e, "the host may read and write the guest's memory");
}

static bool migration_fits(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_policy(
		       &s->report, 0, s->policy->migration ? 0 : SNP_POLICY_MIGRATE_MA, e) ||
	       err_wrap(e, "a migration agent may take the guest elsewhere");
}

static struct str agent_wanted(struct appraise_snp_state *s)
{
	if (!s->policy->migration)
		return STR("none (all ones)");
	return s->policy->agents.n
		       ? arena_printf(s->w->a, "none, or one of %zu", s->policy->agents.n)
		       : STR("any");
}

static struct str agent_text(struct appraise_snp_state *s)
{
	return appraise_hex(s->w, s->report.report_id_ma);
}

static bool agent_fits(const struct appraise_snp_state *s, struct err *e)
{
	const struct policy_snp_values *agents = &s->policy->agents;

	if (snp_report_check_no_agent(&s->report, e))
		return true;
	if (!s->policy->migration)
		return false;
	return !agents->n || snp_report_check_field(&s->report, SNP_FIELD_REPORT_ID_MA,
				     agents->items, agents->n, e);
}

static const char *no_guest_policy(const struct appraise_snp_state *s)
{
	const struct policy_snp_bits *b = &s->policy->guest_policy;

	return b->must | b->must_not ? NULL
				     : "the policy asks for no other bit of the guest policy";
}

static struct str guest_policy_wanted(struct appraise_snp_state *s)
{
	return appraise_snp_must_text(s, &s->policy->guest_policy, snp_report_policy_bit);
}

static bool guest_policy_fits(const struct appraise_snp_state *s, struct err *e)
{
	const struct policy_snp_bits *b = &s->policy->guest_policy;

	return snp_report_check_policy(&s->report, b->must, b->must_not, e);
}

static const char *no_abi(const struct appraise_snp_state *s)
{
	return s->policy->abi_major | s->policy->abi_minor ? NULL : "the policy names no minimum";
}

static struct str abi_wanted(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%u.%u", s->policy->abi_major, s->policy->abi_minor);
}

static struct str abi_text(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%u.%u", (unsigned)(s->report.policy >> 8 & 0xff),
		(unsigned)(s->report.policy & 0xff));
}

static bool abi_fits(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_abi(&s->report, s->policy->abi_major, s->policy->abi_minor, e);
}

/* ---- who asked, and the owner's version ---- */

static struct str vmpls_wanted(struct appraise_snp_state *s)
{
	CLEANUP(buf_done) struct buf b = buf_init(32);

	for (unsigned i = 0; i < 4; i++)
		if (s->policy->vmpls >> i & 1)
			buf_printf(&b, "%s%u", b.n ? ", " : "", i);
	return arena_str(s->w->a, buf_str(&b));
}

static struct str vmpl_text(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%u", s->report.vmpl);
}

static bool vmpl_fits(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_vmpl(&s->report, s->policy->vmpls, e);
}

static const char *no_guest_svn(const struct appraise_snp_state *s)
{
	return s->policy->guest_svn ? NULL : "the policy names no minimum";
}

static struct str guest_svn_wanted(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%u", s->policy->guest_svn);
}

static struct str guest_svn_text(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%u", s->report.guest_svn);
}

static bool guest_svn_fits(const struct appraise_snp_state *s, struct err *e)
{
	return snp_report_check_guest_svn(&s->report, s->policy->guest_svn, e);
}

enum { DEBUG = 1, MIGRATION, AGENT };

static const struct appraise_snp_question questions[] = {
	{ "snp-vmpl", "the report is from a privilege level that the policy takes", "policy",
		CHECK_CONFIGURATION, CHECK_CONTRAINDICATED, NULL, vmpls_wanted, vmpl_text,
		vmpl_fits },
	[DEBUG] = { "snp-debug", "the host cannot debug the guest", "policy", CHECK_RUNTIME_OPAQUE,
		CHECK_CONTRAINDICATED, NULL, NULL, guest_policy_text, debug_fits },
	[MIGRATION] = { "snp-migration", "the guest cannot be migrated", "policy",
		CHECK_RUNTIME_OPAQUE, CHECK_CONTRAINDICATED, NULL, NULL, guest_policy_text,
		migration_fits },
	[AGENT] = { "snp-migration-agent",
		"no agent that the policy does not name is bound to the guest", "policy",
		CHECK_RUNTIME_OPAQUE, CHECK_CONTRAINDICATED, NULL, agent_wanted, agent_text,
		agent_fits },
	{ "snp-guest-policy", "the guest was started as the policy demands", "policy",
		CHECK_CONFIGURATION, CHECK_CONTRAINDICATED, no_guest_policy, guest_policy_wanted,
		guest_policy_text, guest_policy_fits },
	{ "snp-abi", "the guest demands firmware that is new enough", "policy", CHECK_CONFIGURATION,
		CHECK_CONTRAINDICATED, no_abi, abi_wanted, abi_text, abi_fits },
	{ "snp-guest-svn", "the guest's version is one that the policy takes", "policy",
		CHECK_CONFIGURATION, CHECK_CONTRAINDICATED, no_guest_svn, guest_svn_wanted,
		guest_svn_text, guest_svn_fits },
};

/* What the policy lets by is told as it is. */
static void word_as_allowed(struct appraise_snp_question asked[ARRAY_LEN(questions)],
	const struct appraise_snp_state *s)
{
	const struct policy_snp *p = s->policy;
	struct err ignored = { 0 };

	if (p->debug && s->report.policy & SNP_POLICY_DEBUG)
		asked[DEBUG].what = "the host can debug the guest, and the policy allows that";
	if (p->migration && s->report.policy & SNP_POLICY_MIGRATE_MA)
		asked[MIGRATION].what = "the guest can be migrated, and the policy allows that";
	if (p->migration && !p->agents.n && !snp_report_check_no_agent(&s->report, &ignored))
		asked[AGENT]
			.what = "a migration agent is bound to the guest, and the policy takes any";
}

void appraise_snp_guest(struct appraise_snp_state *s)
{
	struct appraise_snp_question asked[ARRAY_LEN(questions)];

	memcpy(asked, questions, sizeof asked);
	word_as_allowed(asked, s);
	appraise_snp_ask(s, asked, ARRAY_LEN(asked));
	appraise_snp_identities(s);
}
