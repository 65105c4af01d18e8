/* TDX evidence of platforms that are not up to date: status, tier, and what the message says. See tdx_machine.h. */
#include "tdx_machine.h"

static void platform(void)
{
	tdx_machine_platform(0);
}
static void accept(enum tcb_status s)
{
	m.policy.tdx.tcb_statuses |= 1u << s;
}

static void early_behind(void)
{
	m.authority.platform.components[0] = 2;
	platform();
}
static void pce_behind(void)
{
	m.authority.platform.pce_svn = 12;
	platform();
}
static void below_all(void)
{
	m.authority.platform.components[7] = 3;
	platform();
}
static void tdx_component_behind(void)
{
	m.spec.tee_tcb_svn[2] = 2;
}
static void module_behind(void)
{
	m.spec.tee_tcb_svn[0] = 5;
}
static void module_below(void)
{
	m.spec.tee_tcb_svn[0] = 3;
}
static void module_unknown(void)
{
	m.spec.tee_tcb_svn[1] = 2;
}
static void no_module_identities(void)
{
	m.info.without_identities = true;
}
static void qe_behind(void)
{
	m.spec.qe_svn = 3;
}
static void qe_below(void)
{
	m.spec.qe_svn = 1;
}
static void relaunch(void)
{
	m.spec.version = 5;
	m.spec.body_type = 3;
	m.spec.tee_tcb_svn[0] = 5;
}
static void accepted_out_of_date(void)
{
	early_behind();
	accept(TCB_STATUS_OUT_OF_DATE);
}
static void accepted_relaunch(void)
{
	relaunch();
	accept(TCB_STATUS_TD_RELAUNCH_ADVISED);
}
static void accepted_other(void)
{
	early_behind();
	accept(TCB_STATUS_SW_HARDENING_NEEDED);
	accept(TCB_STATUS_CONFIGURATION_NEEDED);
	accept(TCB_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED);
}
static void accepts_nothing(void)
{
	m.policy.tdx.tcb_statuses = 0;
}
static void accepts_even_none(void)
{
	below_all();
	m.policy.tdx.tcb_statuses = UINT32_MAX;
}

static const struct tdx_case cases[] = {
	B(nothing, GOOD, NULL, 0),
	B(early_behind, BAD, "tdx-tcb-status", 24),
	B(pce_behind, BAD, "tdx-tcb-status", 24),
	B(below_all, BAD, "tdx-tcb-status", 24),
	B(tdx_component_behind, BAD, "tdx-tcb-status", 24),
	B(module_behind, BAD, "tdx-tcb-status", 24),
	B(module_below, BAD, "tdx-tcb-status", 24),
	B(module_unknown, BAD, "tdx-module", 5),
	B(no_module_identities, BAD, "tdx-module", 5),
	B(qe_behind, BAD, "tdx-tcb-status", 24),
	B(qe_below, BAD, "tdx-tcb-status", 24),
	B(relaunch, WARN, "tdx-tcb-status", 24),
	B(accepted_out_of_date, GOOD, NULL, 0),
	B(accepted_relaunch, GOOD, NULL, 0),
	B(accepted_other, BAD, "tdx-tcb-status", 24),
	B(accepts_nothing, WARN, "tdx-tcb-status", 24),
	B(accepts_even_none, BAD, "tdx-tcb-status", 24),
};

/* Each status that Intel gives: refused by default with its tier, accepted where its name is in the policy. */
static enum tcb_status given;

static void with_status(void)
{
	m.info.levels[0].status = tcb_status_name(given);
}
static void with_status_accepted(void)
{
	with_status();
	accept(given);
}

static void statuses(void)
{
	static const struct tdx_case warns = B(with_status, WARN, "tdx-tcb-status", 24);
	static const struct tdx_case bad = B(with_status, BAD, "tdx-tcb-status", 24);
	static const struct tdx_case good = B(with_status_accepted, GOOD, NULL, 0);

	for (given = TCB_STATUS_SW_HARDENING_NEEDED; given < TCB_STATUSES; given++) {
		run_case(given <= TCB_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED ? &warns
										      : &bad);
		run_case(&good);
	}
}

/* Level, how many behind, date, component, advisories: each is in the reason. */
static void message(void)
{
	static const struct {
		struct tdx_case c;
		const char *says[7];
	} messages[] = {
		{ B(early_behind, BAD, "tdx-tcb-status", 24),
			{ "OutOfDate", "platform: level of 2024-03-13T00:00:00Z, 1 level behind",
				"SGX component 0 is 2, the newest level wants 3",
				"advisories INTEL-SA-01036, INTEL-SA-01079" } },
		{ B(pce_behind, BAD, "tdx-tcb-status", 24),
			{ "Revoked", "2 levels behind",
				"PCE component is 12, the newest level wants 13",
				"INTEL-SA-00106" } },
		{ B(tdx_component_behind, BAD, "tdx-tcb-status", 24),
			{ "OutOfDate", "TDX component 2 is 2, the newest level wants 3" } },
		{ B(module_behind, BAD, "tdx-tcb-status", 24),
			{ "OutOfDate",
				"TDX module: level of 2024-01-01T00:00:00Z, 1 level behind" } },
		{ B(qe_behind, BAD, "tdx-tcb-status", 24),
			{ "OutOfDate",
				"quoting enclave: level of 2019-05-15T00:00:00Z, 1 level behind",
				"ISVSVN 3, the newest wants 4", "INTEL-SA-00219" } },
		{ B(below_all, BAD, "tdx-tcb-status", 24),
			{ "below the oldest of 3 levels",
				"SGX component 7 (SEAMLDR ACM) is 3, want 4" } },
		{ B(module_below, BAD, "tdx-tcb-status", 24), { "TDX module TDX_01: version 3" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		const struct check *c;

		run_case(&messages[i].c);
		c = check_find(&out.verdict.checks, "tdx-tcb-status");
		for (size_t k = 0; messages[i].says[k]; k++) {
			bool said = c && strstr(c->reason.p, messages[i].says[k]);

			if (!said && c)
				fprintf(stderr, "%s: %s\n", messages[i].c.name, c->reason.p);
			CHECK(said);
		}
	}
}

int main(void)
{
	verdict_told_begin();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	statuses();
	message();
	verdict_told_end("appraise_tdx_tcb");
	return test_end();
}
