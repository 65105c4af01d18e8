#include "appraise/appraise_tdx.h"

#include "appraise/appraise_fresh.h"
#include "appraise/appraise_tdx_inside.h"
#include "appraise/platform.h"
#include "base/banned.h"

enum {
	REGISTERS = 1 + TDX_QUOTE_RTMRS,
	MUST_OWN = REGISTERS + APPRAISE_FRESH_MUST + APPRAISE_VOUCHED_MUST + 4
};

size_t appraise_tdx_must(const char *out[static APPRAISE_TDX_MUST_MAX], const struct policy_tdx *p)
{
	static const char *const always[] = { "tdx-quote-version", "tdx-quote-key-type",
		"tdx-quote-tee", "tdx-quote-form", "tdx-quote-trailing", "tdx-qe-vendor",
		"tdx-body-signature", "tdx-qe-binding", "tdx-qe-signature", "tdx-pck-chain",
		"tdx-pck-chain-roles", "tdx-pck-chain-root", "tdx-pck-chain-signatures",
		"tdx-pck-chain-time", "tdx-pck-extension", "tdx-tcb-info", "tdx-tcb-info-chain",
		"tdx-tcb-info-root", "tdx-tcb-info-chain-time", "tdx-tcb-info-signature",
		"tdx-tcb-info-type", "tdx-tcb-info-platform", "tdx-tcb-info-current",
		"tdx-qe-identity", "tdx-qe-identity-chain", "tdx-qe-identity-root",
		"tdx-qe-identity-chain-time", "tdx-qe-identity-signature", "tdx-qe-identity-type",
		"tdx-qe-identity-match", "tdx-qe-identity-current", "tdx-module", "tdx-tcb-status",
		"tdx-debug", "tdx-migration", "tdx-attributes-fixed", "tdx-xfam-fixed",
		"tdx-mrsignerseam" };
	static const char *const crls[] = { "tdx-root-crl", "tdx-pck-crl", "tdx-tcb-info-crl",
		"tdx-qe-identity-crl" };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		out[n++] = always[i];
	for (size_t i = 0; !p->without_crl && i < ARRAY_LEN(crls); i++)
		out[n++] = crls[i];
	return n;
}

/* ---- registers ---- */

static uint32_t required_registers(const struct policy_tdx *p)
{
	uint32_t set = UINT32_C(1) << PLATFORM_MRTD;

	for (unsigned i = 0; i < TDX_QUOTE_RTMRS; i++)
		if (p->rtmr[i].required)
			set |= UINT32_C(1) << (PLATFORM_RTMR + i);
	return set;
}

/* What the host gives goes into RTMR 0; the rest is code, and what it is told. */
static enum check_claim claim_of(unsigned reg)
{
	return reg == PLATFORM_RTMR || reg == PLATFORM_RTMR + 3 ? CHECK_CONFIGURATION
								: CHECK_EXECUTABLES;
}

static struct appraise_register register_of(
	const struct policy_tdx *p, const struct tdx_quote *q, unsigned reg)
{
	const struct policy_tdx_values *allowed = reg == PLATFORM_MRTD
							  ? &p->mrtd
							  : &p->rtmr[reg - PLATFORM_RTMR].one_of;

	return (struct appraise_register){ .reg = reg,
		.value = reg == PLATFORM_MRTD ? q->mrtd : q->rtmr[reg - PLATFORM_RTMR],
		.claim = claim_of(reg),
		.required = required_registers(p) >> reg & 1,
		.allowed = allowed->values,
		.n_allowed = allowed->n };
}

/* Values that no signature covers are not shown, and nothing is held against them. */
static void untold(struct appraise_work *w, struct check c)
{
	struct err e = { 0 };

	err_set(&e, ERR_SIGNATURE, "it cannot be told: the quote does not hold");
	c.fail_value = CHECK_CONTRAINDICATED;
	appraise_test(w, c, false, &e);
}

static void nothing_told(struct appraise_work *w)
{
	for (unsigned reg = 0; reg < REGISTERS; reg++) {
		char name[PLATFORM_REGISTER_NAME_MAX];

		platform_register_name(name, PLATFORM_TDX, reg);
		if (required_registers(&w->in->policy->tdx) >> reg & 1)
			untold(w, (struct check){ .name = appraise_register_check(w, reg),
					  .what = arena_printf(
						  w->a, "%s has the value that is expected", name),
					  .whose = STR("reference values"),
					  .claim = claim_of(reg) });
	}
	if (w->in->report_data.p)
		untold(w, appraise_fresh_report_data());
	untold(w, appraise_fresh_nonce());
}

static void registers_and_freshness(struct appraise_work *w, const struct appraise_tdx_said *said)
{
	if (!said->genuine) {
		nothing_told(w);
		return;
	}
	for (unsigned reg = 0; reg < REGISTERS; reg++) {
		struct appraise_register r = register_of(&w->in->policy->tdx, &said->quote, reg);

		appraise_register(w, &r);
	}
	appraise_fresh(w, said->quote.report_data, "REPORTDATA");
}

/* ---- conclusion ---- */

static size_t add_own(const char *out[static MUST_OWN], struct appraise_work *w)
{
	const struct policy *p = w->in->policy;
	size_t n = appraise_vouched_must(out, p);

	out[n++] = "coverage";
	if (w->in->bundle->has_binding)
		out[n++] = "binding";
	n += appraise_fresh_must(out + n, w->in);
	for (unsigned reg = 0; reg < REGISTERS; reg++) {
		const char *name = appraise_register_check(w, reg);

		if (required_registers(&p->tdx) >> reg & 1)
			out[n++] = name ? name : "-";
	}
	out[n] = NULL;
	return n;
}

/* What is reserved of the attributes is looked at whatever the policy asks; of the registers perhaps none. */
static struct verdict_claim configuration(const struct appraise_work *w)
{
	const struct verdict_claim registers = appraise_compared(w, CHECK_CONFIGURATION,
		(struct verdict_claim){
			CHECK_AFFIRMS, STR("attributes and registers are as wanted") });

	if (registers.value == CHECK_NO_CLAIM &&
		check_passed(&w->out->verdict.checks, "tdx-attributes-fixed"))
		return (struct verdict_claim){
			CHECK_AFFIRMS,
			STR("attributes are as wanted; no register that speaks of it was compared and fits")
		};
	return registers;
}

static void conclude(struct appraise_work *w, const struct appraise_tdx_said *said)
{
	const struct verdict_claim none = { CHECK_NO_CLAIM,
		STR("nothing in the evidence speaks of it") };
	struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = said->instance_identity,
		[CHECK_CONFIGURATION] = configuration(w),
		[CHECK_EXECUTABLES] = { CHECK_AFFIRMS_BOOT,
			STR("only what was predicted was loaded during boot") },
		[CHECK_HARDWARE] = said->hardware,
		[CHECK_RUNTIME_OPAQUE] = said->runtime_opaque,
		[CHECK_STORAGE_OPAQUE] = none,
		[CHECK_SOURCED_DATA] = none,
	};
	const char *must[APPRAISE_TDX_MUST_MAX + MUST_OWN];
	size_t n = appraise_tdx_must(must, &w->in->policy->tdx);

	add_own(must + n, w);
	pass[CHECK_FILE_SYSTEM] = appraise_file_system(w, said->genuine && !w->out->differing,
		STR("the measured command line names the root's hash"));
	verdict_conclude(&w->out->verdict, pass, must);
}

bool appraise_tdx(
	struct appraise_out *ret, const struct appraise_in *in, struct arena *a, struct err *e)
{
	static const char *const layers[] = { "firmware", "kernel", "initrd", "command line",
		"root file system", NULL };
	struct appraise_work w = { .in = in, .a = a };
	struct appraise_tdx_said said;

	if (in->shape && !str_is(in->shape->platform, "tdx"))
		return err_set(e, ERR_USAGE, "shape '%.*s' is for platform '%.*s', want tdx",
			STR_ARG(in->shape->name), STR_ARG(in->shape->platform));
	if (!appraise_begin(&w, e))
		return false;
	appraise_tdx_quote(&w, in->bundle->tdx_quote, &said);
	registers_and_freshness(&w, &said);
	appraise_tdx_log(&w, &said);
	appraise_vouched(&w);
	appraise_covered(&w, layers, required_registers(&in->policy->tdx));
	conclude(&w, &said);
	return appraise_end(ret, &w, e);
}
