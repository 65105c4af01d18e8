#include "appraise/appraise_azure_inside.h"
#include "appraise/appraise_snp.h"
#include "appraise/appraise_tdx.h"
#include "base/banned.h"

enum { TREE_MAX = 2 << 20 }; /* memory that the largest report takes */

/* A check on what the hardware says of the report; nothing but the evidence decides it. */
static struct check hcl_check(const char *name, struct str what)
{
	return (struct check){ .name = name,
		.what = what,
		.whose = STR("evidence"),
		.fail_value = CHECK_CRYPTO_FAILED };
}

/* The report's header says what is underneath; that decides whether the policy's member `snp` or `tdx` is asked. */
static void check_hardware(struct appraise_azure_state *s)
{
	const struct policy_azure *p = &s->tpm.w.in->policy->azure;
	const char *name = azure_hcl_hardware_name(s->hcl.hardware);
	CLEANUP(buf_done) struct buf want = buf_init(64);
	struct err e = { 0 };
	bool ok = p->hardware >> s->hcl.hardware & 1;

	policy_azure_tell_hardware(p, &want);
	if (!ok)
		err_set(&e, ERR_MISMATCH,
			"%s stands underneath: what the policy asks of other hardware was not asked",
			name);
	appraise_test(&s->tpm.w,
		(struct check){ .name = "hcl-hardware",
			.what = STR("the policy takes the hardware underneath"),
			.want = arena_str(s->tpm.w.a, buf_str(&want)),
			.got = str_of(name),
			.whose = STR("policy"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

static void check_binding(struct appraise_azure_state *s, bool genuine, struct span report_data)
{
	struct err e = { 0 };

	s->bound = genuine ? azure_hcl_check_binding(&s->hcl, report_data, &e)
			   : err_set(&e, ERR_SIGNATURE,
				     "no report that genuine hardware signed stands behind it");
	appraise_test(&s->tpm.w,
		hcl_check("hcl-binding",
			STR("the hardware's report carries the digest of the runtime data")),
		s->bound, &e);
}

/* What a guest asks for itself, from another privilege level, has report data of the guest's own choice. */
static void check_vmpl(struct appraise_azure_state *s, const struct appraise_snp_said *said)
{
	struct check c = hcl_check(
		"hcl-vmpl", STR("the paravisor asked for the report, and not the guest above it"));
	struct err e = { 0 };
	bool ok = said->genuine && said->report.vmpl == 0;

	c.want = STR("VMPL 0");
	c.got = said->parsed ? arena_printf(s->tpm.w.a, "VMPL %u", said->report.vmpl) : STR("");
	if (!ok)
		err_set(&e, ERR_MISMATCH,
			said->genuine
				? "a report of another privilege level carries what the guest likes"
				: "no report that genuine hardware signed");
	appraise_test(&s->tpm.w, c, ok, &e);
}

/* Nobody elsewhere can verify a TDREPORT; but it must say the same as the quote. */
static void check_tdreport(struct appraise_azure_state *s)
{
	struct err e = { 0 };
	bool ok = azure_hcl_check_binding(&s->hcl, s->hcl.report_data, &e);

	appraise_test(&s->tpm.w,
		hcl_check("hcl-tdreport",
			STR("the TDREPORT in the HCL report carries the same digest as the quote")),
		ok, &e);
}

static void check_measurement(struct appraise_azure_state *s, const char *check, size_t n_named)
{
	struct appraise_work *w = &s->tpm.w;
	struct check c = { .name = "launch-measurement",
		.what = STR("the software that the hardware launched underneath is known"),
		.want = STR("a value that the policy names"),
		.whose = STR("policy"),
		.claim = CHECK_EXECUTABLES,
		.fail_value = CHECK_UNRECOGNISED };
	struct err e = { 0 };
	bool ok;

	s->measurement_named = n_named > 0;
	if (!n_named && w->in->policy->azure.any_measurement) {
		appraise_skip(w, c,
			STR("Azure publishes no value, and the policy takes any: not only Azure, whoever runs such hardware can make up a TPM"));
		return;
	}
	ok = n_named && check_passed(&w->out->verdict.checks, check);
	if (n_named && !ok)
		err_set(&e, ERR_MISMATCH, "it is none of the values that the policy names, see %s",
			check);
	else if (!ok)
		err_set(&e, ERR_NOTFOUND,
			"Azure publishes no value: name those that you accept in the policy, or let it say 'measurement: any'");
	appraise_test(w, c, ok, &e);
}

static void over_snp(struct appraise_azure_state *s)
{
	struct appraise_snp_said *said = &s->snp;

	appraise_snp_report(said, &s->tpm.w, s->hcl.report, span_make(NULL, 0));
	check_vmpl(s, said);
	check_binding(s, said->genuine && said->report.vmpl == 0,
		said->parsed ? said->report.report_data : span_make(NULL, 0));
	check_measurement(s, "snp-measurements", s->tpm.w.in->policy->snp.measurements.n);
	s->identity = said->identity;
	s->hardware = said->hardware;
	s->runtime_opaque = said->runtime_opaque;
}

static void over_tdx(struct appraise_azure_state *s)
{
	struct appraise_tdx_said said;

	appraise_tdx_quote(&s->tpm.w, s->tpm.w.in->bundle->tdx_quote, &said);
	check_tdreport(s);
	check_binding(s, said.genuine, said.genuine ? said.quote.report_data : span_make(NULL, 0));
	check_measurement(s, "tdx-mrtd", s->tpm.w.in->policy->tdx.mrtd.n);
	s->identity = said.instance_identity;
	s->hardware = said.hardware;
	s->runtime_opaque = said.runtime_opaque;
}

void appraise_azure_hcl(struct appraise_azure_state *s)
{
	struct check c = hcl_check("hcl-form",
		STR("the HCL report and its runtime data are well formed, and name one key HCLAkPub"));
	struct err e = { 0 };

	s->identity = s->hardware = s->runtime_opaque = (struct verdict_claim){ CHECK_NO_CLAIM,
		STR("no report of hardware stands behind it") };
	s->parsed = azure_hcl_parse(&s->hcl, s->tpm.w.in->bundle->azure_hcl, s->tpm.w.a, &e);
	if (s->parsed)
		c.got = arena_printf(s->tpm.w.a, "version %u, %s", s->hcl.version,
			azure_hcl_hardware_name(s->hcl.hardware));
	else
		appraise_limit(&s->tpm.w, &e, TREE_MAX);
	appraise_test(&s->tpm.w, c, s->parsed, &e);
	if (!s->parsed)
		return;
	check_hardware(s);
	if (s->hcl.hardware == AZURE_HCL_SNP)
		over_snp(s);
	else
		over_tdx(s);
}
