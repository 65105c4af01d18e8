#include "appraise/appraise_azure.h"

#include "appraise/appraise_azure_inside.h"
#include "appraise/appraise_fresh.h"
#include "appraise/appraise_snp.h"
#include "appraise/appraise_tdx.h"
#include "base/banned.h"

enum { MUST_OWN = 24 + APPRAISE_TPM_ASKED, MUST_MAX = APPRAISE_TDX_MUST_MAX + MUST_OWN + TPM_PCRS };
_Static_assert((int)APPRAISE_SNP_MUST <= (int)APPRAISE_TDX_MUST_MAX, "room for both kinds");

/* Of the hardware underneath: the checks that its own evidence must pass. */
static size_t must_of_hardware(const struct appraise_azure_state *s, const char **must)
{
	size_t n;

	if (s->hcl.hardware == AZURE_HCL_TDX) {
		n = appraise_tdx_must(must, &s->tpm.w.in->policy->tdx);
		must[n++] = "hcl-tdreport";
		return n;
	}
	n = appraise_snp_must(must, &s->snp);
	must[n++] = "hcl-vmpl";
	return n;
}

static size_t must_pass(struct appraise_azure_state *s, const char **must)
{
	static const char *const always[] = { "hcl-form", "hcl-hardware", "hcl-binding", "hcl-ak",
		"hcl-tpm", "quote-structure", "signature", "pcr-selection", "pcr-claims",
		"pcr-digest", "pcr-bank", "coverage" };
	const struct appraise_in *in = s->tpm.w.in;
	const struct policy *p = in->policy;
	size_t n = must_of_hardware(s, must);

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		must[n++] = always[i];
	n += appraise_vouched_must(must + n, p);
	if (!p->azure.any_measurement || s->measurement_named)
		must[n++] = "launch-measurement";
	if (!p->azure.any_secure_boot)
		must[n++] = "hcl-secure-boot";
	if (!p->azure.allow_console)
		must[n++] = "hcl-console";
	if (p->azure.n_vm_ids)
		must[n++] = "hcl-vm-id";
	n += appraise_fresh_must(must + n, in);
	n += appraise_tpm_asked_must(&s->tpm, must + n);
	if (in->bundle->has_binding) {
		must[n++] = "role";
		must[n++] = "qualifying-data";
	}
	return n;
}

/* The paravisor says of the settings what the registers do not. */
static struct verdict_claim configuration(const struct appraise_azure_state *s)
{
	const struct appraise_work *w = &s->tpm.w;
	const struct verdict_claim registers = appraise_compared(w, CHECK_CONFIGURATION,
		(struct verdict_claim){ CHECK_AFFIRMS,
			STR("the machine's settings and registers are as expected") });

	if (registers.value == CHECK_NO_CLAIM && check_passed(&w->out->verdict.checks, "hcl-tpm"))
		return (struct verdict_claim){
			CHECK_AFFIRMS,
			STR("the machine's settings are as expected; no register that speaks of them was compared and fits")
		};
	return registers;
}

static void conclude(struct appraise_azure_state *s)
{
	const struct policy *p = s->tpm.w.in->policy;
	const struct verdict_claim none = { CHECK_NO_CLAIM,
		STR("nothing in the evidence speaks of it") };
	struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = s->identity,
		[CHECK_CONFIGURATION] = configuration(s),
		[CHECK_EXECUTABLES] = appraise_compared(&s->tpm.w, CHECK_EXECUTABLES,
			(struct verdict_claim){ CHECK_AFFIRMS_BOOT,
				STR("only what was predicted was loaded during boot") }),
		[CHECK_HARDWARE] = s->hardware,
		[CHECK_RUNTIME_OPAQUE] = s->runtime_opaque,
		[CHECK_STORAGE_OPAQUE] = none,
		[CHECK_SOURCED_DATA] = none,
	};
	const char *must[MUST_MAX + 1] = { 0 };
	size_t n = must_pass(s, must);

	for (unsigned i = 0; i < TPM_PCRS; i++) {
		const char *name = arena_printf(s->tpm.w.a, "pcr-%u.%s", i, digest_name(p->bank)).p;

		if (p->registers >> i & 1)
			must[n++] = name ? name : "-";
	}
	pass[CHECK_FILE_SYSTEM] = appraise_file_system(&s->tpm.w,
		s->tpm.values_signed && !s->tpm.w.out->differing,
		STR("the measured command line names the root's hash"));
	verdict_conclude(&s->tpm.w.out->verdict, pass, must);
}

/* Values that no hardware stands behind are not compared: whoever has any TPM could have them. */
static void look_at_registers(struct appraise_azure_state *s)
{
	if (s->bound) {
		appraise_tpm_registers(&s->tpm);
		appraise_tpm_log(&s->tpm);
		return;
	}
	appraise_skip(&s->tpm.w,
		(struct check){ .name = "pcr-claims",
			.what = STR("the register values given are exactly those that are signed"),
			.fail_value = CHECK_CRYPTO_FAILED },
		STR("no hardware stands behind the key that signed them"));
}

static bool check_arguments(const struct appraise_in *in, struct err *e)
{
	if (in->policy->registers == 0 || in->policy->bank == DIGEST_NONE)
		return err_set(e, ERR_USAGE, "the policy requires no register");
	if (in->shape && !str_is(in->shape->platform, "tpm"))
		return err_set(e, ERR_USAGE, "shape '%.*s' is for platform '%.*s', want tpm",
			STR_ARG(in->shape->name), STR_ARG(in->shape->platform));
	return true;
}

bool appraise_azure(
	struct appraise_out *ret, const struct appraise_in *in, struct arena *a, struct err *e)
{
	static const char *const layers[] = { "firmware", "option ROMs", "boot loader", "kernel",
		"initrd", "command line", "root file system", NULL };
	struct appraise_azure_state s = { .tpm = { .w = { .in = in, .a = a } } };

	if (!check_arguments(in, e))
		return false;
	if (!appraise_begin(&s.tpm.w, e))
		return false;
	appraise_azure_hcl(&s);
	appraise_azure_key(&s);
	appraise_azure_vm(&s);
	appraise_tpm_quote_signed(&s.tpm);
	appraise_azure_fresh(&s);
	appraise_tpm_quote_state(&s.tpm);
	appraise_tpm_asked(&s.tpm);
	appraise_tpm_source_of_hardware(&s.tpm.w);
	look_at_registers(&s);
	appraise_vouched(&s.tpm.w);
	appraise_covered(&s.tpm.w, layers, in->policy->registers);
	conclude(&s);
	return appraise_end(ret, &s.tpm.w, e);
}
