#include "appraise/appraise_tpm.h"

#include <assert.h>

#include "appraise/appraise_fresh.h"
#include "appraise/appraise_tpm_inside.h"
#include "base/banned.h"

enum { MUST_ALWAYS = 13, MUST_OWN = MUST_ALWAYS + 2 };

static void conclude(struct appraise_tpm_state *s)
{
	const struct verdict_claim none = { CHECK_NO_CLAIM,
		STR("nothing in the evidence speaks of it") };
	struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = { CHECK_AFFIRMS, STR("the attestation key is known") },
		[CHECK_CONFIGURATION] = appraise_compared(&s->w, CHECK_CONFIGURATION,
			(struct verdict_claim){
				CHECK_AFFIRMS, STR("the registers are as predicted") }),
		[CHECK_EXECUTABLES] = appraise_compared(&s->w, CHECK_EXECUTABLES,
			(struct verdict_claim){ CHECK_AFFIRMS_BOOT,
				STR("only what was predicted was loaded during boot") }),
		[CHECK_HARDWARE] = s->hardware,
		[CHECK_RUNTIME_OPAQUE] = { CHECK_NO_CLAIM,
			STR("a TPM does not keep memory from the host") },
		[CHECK_STORAGE_OPAQUE] = none,
		[CHECK_SOURCED_DATA] = none,
	};
	const char *must[MUST_OWN + APPRAISE_FRESH_MUST + APPRAISE_VOUCHED_MUST +
			 APPRAISE_TPM_ASKED + TPM_PCRS + 1] = { "ak-structure", "ak-attributes",
		"ak-scheme", "ak-bound", "quote-structure", "signature", "role", "qualifying-data",
		"pcr-selection", "pcr-claims", "pcr-digest", "pcr-bank", "coverage" };
	size_t n = MUST_ALWAYS;

	n += appraise_vouched_must(must + n, s->w.in->policy);
	n += appraise_fresh_must(must + n, s->w.in);
	if (s->w.in->policy->tpm.ak)
		must[n++] = "ak-source";
	if (appraise_tpm_earlier_asked(s))
		must[n++] = "tpm-counters";
	n += appraise_tpm_asked_must(s, must + n);
	for (unsigned i = 0; i < TPM_PCRS; i++) {
		if (!(s->w.in->policy->registers >> i & 1))
			continue;
		must[n] = arena_printf(s->w.a, "pcr-%u.%s", i, digest_name(s->w.in->policy->bank))
				  .p;
		must[n] = must[n] ? must[n] : "-";
		n++;
	}
	pass[CHECK_FILE_SYSTEM] = appraise_file_system(&s->w,
		s->values_signed && !s->w.out->differing,
		STR("the measured command line names the root's hash"));
	assert(n < ARRAY_LEN(must));
	verdict_conclude(&s->w.out->verdict, pass, must);
}

static bool check_arguments(const struct appraise_in *in, struct err *e)
{
	if (in->policy->registers == 0 || in->policy->bank == DIGEST_NONE)
		return err_set(e, ERR_USAGE, "the policy requires no register");
	if (!in->shape)
		return err_set(e, ERR_USAGE, "a TPM's evidence is held against reference values");
	if (!str_is(in->shape->platform, "tpm"))
		return err_set(e, ERR_USAGE, "shape '%.*s' is for platform '%.*s', want tpm",
			STR_ARG(in->shape->name), STR_ARG(in->shape->platform));
	return true;
}

bool appraise_tpm(
	struct appraise_out *ret, const struct appraise_in *in, struct arena *a, struct err *e)
{
	static const char *const layers[] = { "firmware", "option ROMs", "boot loader", "kernel",
		"initrd", "command line", "root file system", NULL };
	struct appraise_tpm_state s = { .w = { .in = in, .a = a } };

	if (!check_arguments(in, e))
		return false;
	if (!appraise_begin(&s.w, e))
		return false;
	appraise_tpm_key(&s);
	appraise_tpm_quote_signed(&s);
	appraise_tpm_quote_bound(&s);
	appraise_tpm_quote_state(&s);
	appraise_tpm_earlier(&s);
	appraise_tpm_asked(&s);
	appraise_tpm_registers(&s);
	appraise_tpm_log(&s);
	appraise_vouched(&s.w);
	appraise_covered(&s.w, layers, in->policy->registers);
	conclude(&s);
	return appraise_end(ret, &s.w, e);
}
