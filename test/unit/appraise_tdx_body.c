/* TDX evidence against what a policy may ask of platform and TD: each member kept and broken. See tdx_machine.h. */
#include "tdx_machine.h"

static uint8_t wanted[2][48]; /* what the policy names */
static struct span wanted_spans[2] = { { wanted[0], 48 }, { wanted[1], 48 } };
static struct str names[2];

/* Two values: ones that nothing has, and bytes of `fill`. */
static struct policy_tdx_values values(uint8_t fill, size_t n)
{
	memset(wanted[0], 0x99, 48);
	memset(wanted[1], fill, 48);
	wanted_spans[0].n = wanted_spans[1].n = n;
	return (struct policy_tdx_values){ wanted_spans, 2 };
}

static struct policy_tdx *p(void)
{
	return &m.policy.tdx;
}

static void tdx_15(void)
{
	m.spec.version = 5;
	m.spec.body_type = 3;
}

/* ---- debug, migration, service TD ---- */

static void debug(void)
{
	m.body[BODY_ATTRIBUTES] |= 1;
}
static void under_debug_otherwise(void)
{
	m.body[BODY_ATTRIBUTES] |= 2;
}
static void allow_debug(void)
{
	p()->debug = true;
}
static void migratable(void)
{
	m.body[BODY_ATTRIBUTES + 3] |= 0x20;
}
static void allow_migration(void)
{
	p()->migration = true;
}
static void allow_both(void)
{
	allow_debug();
	allow_migration();
}
static void migratable_under_debug(void)
{
	migratable();
	debug();
}
static void service_td(void)
{
	m.body[BODY_MRSERVICETD + 47] = 1;
}
static void service_td_c4(void)
{
	memset(m.body + BODY_MRSERVICETD, 0xc4, 48);
}
static void allow_service_td(void)
{
	tdx_15();
	p()->mrservicetd = values(0xc4, 48);
}
static void service_td_of_tdx_10(void)
{
	p()->mrservicetd = values(0xc4, 48);
}

/* ---- bits ---- */

static void attributes_reserved(void)
{
	m.body[BODY_ATTRIBUTES + 5] = 1;
}
static void xfam_without_sse(void)
{
	m.body[BODY_XFAM] &= 0xfd;
}
static void xfam_reserved(void)
{
	m.body[BODY_XFAM + 7] = 0x80;
}
static void attributes_kept(void)
{
	p()->attributes = (struct policy_tdx_bits){ TDX_QUOTE_ATTRIBUTE_SEPT_VE_OFF,
		TDX_QUOTE_ATTRIBUTE_PERFMON };
}
static void attributes_lack(void)
{
	p()->attributes.must = TDX_QUOTE_ATTRIBUTE_LASS | TDX_QUOTE_ATTRIBUTE_SEPT_VE_OFF;
}
static void attributes_have(void)
{
	p()->attributes.must_not = TDX_QUOTE_ATTRIBUTE_SEPT_VE_OFF;
}
static void xfam_kept(void)
{
	p()->xfam = (struct policy_tdx_bits){ 0xe7, 0x800 };
}
static void xfam_lacks(void)
{
	p()->xfam.must = 0x800;
}
static void xfam_has(void)
{
	p()->xfam.must_not = 0x20000;
}

/* ---- values ---- */

static void mrseam_named(void)
{
	p()->mrseam = values(0xa1, 48);
}
static void mrseam_other(void)
{
	p()->mrseam = values(0xa2, 48);
}
static void seam_signer(void)
{
	m.body[BODY_MRSIGNERSEAM] = 1;
}
static void seam_signer_in_info(void)
{
	m.info.signer = "01";
}
static void seam_signer_named(void)
{
	memset(m.body + BODY_MRSIGNERSEAM, 1, 48);
}
static void seam_attributes(void)
{
	m.body[BODY_SEAM_ATTRIBUTES] = 1;
}
static void config_named(void)
{
	p()->mrconfigid = values(0xb1, 48);
}
static void config_other(void)
{
	p()->mrconfigid = values(0xb2, 48);
}
static void owner_named(void)
{
	p()->mrowner = values(0xb2, 48);
}
static void owner_other(void)
{
	p()->mrowner = values(0xb1, 48);
}
static void owner_config_named(void)
{
	p()->mrownerconfig = values(0xb3, 48);
}
static void owner_config_other(void)
{
	p()->mrownerconfig = values(0xb1, 48);
}
static void mrtd_named(void)
{
	p()->mrtd = values(0xb0, 48);
}
static void mrtd_other(void)
{
	p()->mrtd = values(0xb1, 48);
}
static void name_rtmr(unsigned i)
{
	p()->rtmr[i].one_of = values(0, 48);
	memcpy(wanted[1], m.rtmr[i].bytes, 48);
}
static void rtmr_0_by_policy_alone(void)
{
	m.registers[PLATFORM_RTMR].how = REFERENCE_NOT_PREDICTABLE;
	name_rtmr(0);
}
static void rtmr_0_other(void)
{
	p()->rtmr[0].one_of = values(0x11, 48);
}
static void rtmr_1_other(void)
{
	p()->rtmr[1].one_of = values(0x11, 48);
}
static void rtmr_2_other(void)
{
	p()->rtmr[2].one_of = values(0x11, 48);
}
static void rtmr_3_required(void)
{
	p()->rtmr[3].required = true;
}
static void rtmr_3_extended(void)
{
	m.body[BODY_RTMR + 3 * 48] = 1;
}
static void rtmr_0_changed(void)
{
	m.body[BODY_RTMR] ^= 1;
}
static void rtmr_0_ignored(void)
{
	p()->rtmr[0].required = false;
}
static void rtmr_2_ignored(void)
{
	p()->rtmr[2].required = false;
}

/* ---- platform ---- */

static void ppid_named(void)
{
	p()->platforms = values(0x71, 16);
}
static void instance_named(void)
{
	p()->platforms = values(0x73, 16);
}
static void platform_other(void)
{
	p()->platforms = values(0x72, 16);
}
static void svn_kept(void)
{
	memcpy(p()->minimum_svn, (uint8_t[]){ 6, 1, 3 }, 3);
}
static void svn_below(void)
{
	p()->minimum_svn[2] = 4;
}
static void svn_last_below(void)
{
	p()->minimum_svn[15] = 1;
}
static void date_kept(void)
{
	p()->minimum_tcb_date = 1704067200; /* of the module */
}
static void date_below(void)
{
	p()->minimum_tcb_date = 1704067201;
}
static void evaluation_kept(void)
{
	p()->minimum_evaluation = 17; /* of the QE identity */
}
static void evaluation_below(void)
{
	p()->minimum_evaluation = 18;
}

/* A platform out of date, which the policy accepts, with advisories INTEL-SA-01036 and INTEL-SA-01079. */
static void out_of_date_accepted(void)
{
	m.authority.platform.components[0] = 2;
	tdx_machine_platform(0);
	p()->tcb_statuses |= 1u << TCB_STATUS_OUT_OF_DATE;
}
static void advisory_denied(void)
{
	out_of_date_accepted();
	names[0] = STR("INTEL-SA-01079");
	p()->advisories_denied = (struct policy_tdx_names){ names, 1 };
}
static void advisory_denied_other(void)
{
	out_of_date_accepted();
	names[0] = STR("INTEL-SA-0107");
	p()->advisories_denied = (struct policy_tdx_names){ names, 1 };
}
static void advisories_allowed(void)
{
	out_of_date_accepted();
	names[0] = STR("INTEL-SA-01079");
	names[1] = STR("INTEL-SA-01036");
	p()->has_advisories_allowed = true;
	p()->advisories_allowed = (struct policy_tdx_names){ names, 2 };
}
static void advisory_not_allowed(void)
{
	advisories_allowed();
	p()->advisories_allowed.n = 1;
}
static void no_advisory_allowed(void)
{
	advisories_allowed();
	p()->advisories_allowed.n = 0;
}
static void no_advisory_and_none_applies(void)
{
	p()->has_advisories_allowed = true;
}

#define BC(name, before, change, want, failing, row)              \
	{                                                         \
		name, before, change, nothing, want, failing, row \
	}

static const struct tdx_case cases[] = {
	B(nothing, GOOD, NULL, 0),
	C(debug, BAD, "tdx-debug", 8),
	C(under_debug_otherwise, BAD, "tdx-debug", 8),
	BC("debug in TDX 1.5", tdx_15, debug, BAD, "tdx-debug", 8),
	BC("debug allowed", allow_debug, debug, WARN, NULL, 8),
	BC("other debug is never allowed", allow_debug, under_debug_otherwise, BAD, "tdx-debug", 8),
	C(migratable, BAD, "tdx-migration", 9),
	BC("migration allowed", allow_migration, migratable, WARN, NULL, 9),
	B(allow_migration, GOOD, NULL, 9),
	BC("service TD", tdx_15, service_td, BAD, "tdx-service-td", 9),
	BC("service TD named", allow_service_td, service_td_c4, GOOD, NULL, 9),
	BC("service TD not named", allow_service_td, service_td, BAD, "tdx-service-td", 9),
	B(service_td_of_tdx_10, BAD, "tdx-service-td", 9),
	C(attributes_reserved, BAD, "tdx-attributes-fixed", 8),
	C(xfam_without_sse, BAD, "tdx-xfam-fixed", 0),
	C(xfam_reserved, BAD, "tdx-xfam-fixed", 0),
	B(attributes_kept, GOOD, NULL, 0),
	B(attributes_lack, BAD, "tdx-attributes", 0),
	B(attributes_have, BAD, "tdx-attributes", 0),
	B(xfam_kept, GOOD, NULL, 0),
	B(xfam_lacks, BAD, "tdx-xfam", 0),
	B(xfam_has, BAD, "tdx-xfam", 0),
	B(mrseam_named, GOOD, NULL, 0),
	B(mrseam_other, BAD, "tdx-mrseam", 0),
	C(seam_signer, BAD, "tdx-mrsignerseam", 5),
	BC("module of another signer", seam_signer_in_info, nothing, BAD, "tdx-module", 5),
	BC("another signer, as the TCB info says", seam_signer_in_info, seam_signer_named, BAD,
		"tdx-mrsignerseam", 5),
	C(seam_attributes, BAD, "tdx-module", 8),
	B(config_named, GOOD, NULL, 0),
	B(config_other, BAD, "tdx-mrconfigid", 0),
	B(owner_named, GOOD, NULL, 0),
	B(owner_other, BAD, "tdx-mrowner", 0),
	B(owner_config_named, GOOD, NULL, 0),
	B(owner_config_other, BAD, "tdx-mrownerconfig", 0),
	B(mrtd_named, GOOD, NULL, 0),
	B(mrtd_other, BAD, "mrtd.sha384", 0),
	B(rtmr_0_by_policy_alone, GOOD, NULL, 0),
	B(rtmr_0_other, BAD, "rtmr-0.sha384", 0),
	B(rtmr_1_other, BAD, "rtmr-1.sha384", 0),
	B(rtmr_2_other, BAD, "rtmr-2.sha384", 0),
	BC("RTMR 3 is not required", nothing, rtmr_3_extended, GOOD, NULL, 0),
	BC("RTMR 3 required", rtmr_3_required, rtmr_3_extended, BAD, "rtmr-3.sha384", 0),
	BC("RTMR 0 ignored", rtmr_0_ignored, rtmr_0_changed, GOOD, NULL, 0),
	B(rtmr_2_ignored, WARN, "coverage", 0),
	B(ppid_named, GOOD, NULL, 24),
	B(instance_named, GOOD, NULL, 24),
	B(platform_other, BAD, "tdx-platform", 24),
	B(svn_kept, GOOD, NULL, 24),
	B(svn_below, BAD, "tdx-tee-tcb-svn", 24),
	B(svn_last_below, BAD, "tdx-tee-tcb-svn", 24),
	B(date_kept, GOOD, NULL, 24),
	B(date_below, BAD, "tdx-tcb-date", 24),
	B(evaluation_kept, GOOD, NULL, 11),
	B(evaluation_below, BAD, "tdx-tcb-evaluation", 11),
	B(out_of_date_accepted, GOOD, NULL, 0),
	B(advisory_denied, BAD, "tdx-advisories", 24),
	B(advisory_denied_other, GOOD, NULL, 0),
	B(advisories_allowed, GOOD, NULL, 0),
	B(advisory_not_allowed, BAD, "tdx-advisories", 24),
	B(no_advisory_allowed, BAD, "tdx-advisories", 24),
	B(no_advisory_and_none_applies, GOOD, NULL, 0),
};

/* What was loaded into a TD whose memory the host writes says little of what runs there, whatever the policy allows. */
static void debug_warns(void)
{
	static const struct tdx_case c = BC("debug allowed", allow_debug, debug, WARN, NULL, 8);

	run_case(&c);
	CHECK(out.verdict.claims[CHECK_RUNTIME_OPAQUE].value == CHECK_UNSAFE);
}

/* Nor is memory kept from who may take the TD elsewhere. What is worse is said where both are on. */
static void migration_warns(void)
{
	static const struct tdx_case moves = BC(
		"migration allowed", allow_migration, migratable, WARN, NULL, 9);
	static const struct tdx_case both = BC(
		"migration and debug allowed", allow_both, migratable_under_debug, WARN, NULL, 9);
	const struct verdict_claim *c = &out.verdict.claims[CHECK_RUNTIME_OPAQUE];

	run_case(&moves);
	CHECK(c->value == CHECK_UNSAFE && strstr(c->why.p, "migrat"));
	run_case(&both);
	CHECK(c->value == CHECK_UNSAFE && strstr(c->why.p, "debugging is on"));
}

int main(void)
{
	verdict_told_begin();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	debug_warns();
	migration_warns();
	verdict_told_end("appraise_tdx_body");
	return test_end();
}
