#include "appraise/appraise_tpm.h"

#include "appraise/appraise_tpm_inside.h"
#include "base/banned.h"

void appraise_tpm_note(struct appraise_tpm_state *s, struct check c)
{
	if (!c.bank.n)
		c.reg = -1;
	if (!c.name) {
		s->out->verdict.checks.full = true; /* its name did not fit into the arena */
		return;
	}
	check_add(&s->out->verdict.checks, &c);
}

void appraise_tpm_test(struct appraise_tpm_state *s, struct check c, bool ok, const struct err *e)
{
	c.result = ok ? CHECK_PASSED : CHECK_FAILED;
	if (!ok)
		c.reason = arena_str(s->a, str_of(e->text));
	appraise_tpm_note(s, c);
}

static void check_vouch(struct appraise_tpm_state *s)
{
	bool here = s->in->vouch == APPRAISE_BUILT_HERE;
	bool ok = here || s->in->trust->accept_unsigned;
	struct err e = { 0 };

	if (!ok)
		err_set(&e, ERR_NOTFOUND,
			"nobody whom this verifier knows vouches for the reference values: build the image here, or accept unsigned ones in the trust file");
	appraise_tpm_test(s,
		(struct check){ .name = "vouched",
			.what = STR("who vouches for the reference values is accepted"),
			.want = s->in->trust->accept_unsigned
					? STR("built here, or an unsigned claim")
					: STR("built here"),
			.got = here ? STR("built here") : STR("unsigned claim"),
			.whose = s->in->trust->accept_unsigned ? STR("trust file")
							       : STR("this verifier"),
			.claim = CHECK_EXECUTABLES,
			.fail_value = CHECK_UNRECOGNISED },
		ok, &e);
}

/* The layer's register is one that the policy requires; by reads "PCR 4", or "PCR 4, PCR 11" where each covers it. */
static bool covered(const struct reference_coverage *line, uint32_t required)
{
	struct str rest = line->by;

	while (rest.n) {
		struct str word;
		uint64_t pcr;

		(void)str_cut(rest, ' ', &word, &rest);
		while (word.n && (word.p[word.n - 1] == ',' || word.p[word.n - 1] == ';'))
			word.n--;
		if (str_u64(word, &pcr, TPM_PCRS - 1) && required >> pcr & 1)
			return true;
	}
	return false;
}

static const struct reference_coverage *line_of(
	const struct reference_shape *shape, const char *layer)
{
	for (size_t i = 0; i < shape->n_coverage; i++)
		if (str_is(shape->coverage[i].layer, layer))
			return &shape->coverage[i];
	return NULL;
}

/* Measured must mean covered: each layer that runs code is named and hangs on a register that is required. */
static bool layers_covered(const struct appraise_tpm_state *s, struct err *e)
{
	static const char *const layers[] = { "firmware", "option ROMs", "boot loader", "kernel",
		"initrd", "command line", "root file system" };

	if (s->in->shape->firmware_only)
		return err_set(e, ERR_MISMATCH,
			"firmware only: no register covers everything that runs, so it is never affirmed");
	for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
		const struct reference_coverage *line = line_of(s->in->shape, layers[i]);

		if (!line || !line->by.n)
			return err_set(
				e, ERR_MISMATCH, "layer '%s' is covered by nothing", layers[i]);
		if (!covered(line, s->in->policy->registers))
			return err_set(e, ERR_MISMATCH,
				"layer '%s' is covered by %.*s, which the policy does not require",
				layers[i], STR_ARG(line->by));
	}
	return true;
}

static void check_coverage(struct appraise_tpm_state *s)
{
	struct err e = { 0 };
	bool ok = layers_covered(s, &e);

	appraise_tpm_test(s,
		(struct check){ .name = "coverage",
			.what = STR(
				"required registers cover all that runs: firmware, boot loader, kernel, initrd, command line, root"),
			.whose = STR("reference values"),
			.claim = CHECK_EXECUTABLES,
			.fail_value = CHECK_UNRECOGNISED },
		ok, &e);
}

static void conclude(struct appraise_tpm_state *s)
{
	const struct verdict_claim none = { CHECK_NO_CLAIM,
		STR("nothing in the evidence speaks of it") };
	struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = { CHECK_AFFIRMS, STR("the attestation key is known") },
		[CHECK_CONFIGURATION] = { CHECK_AFFIRMS, STR("the registers are as predicted") },
		[CHECK_EXECUTABLES] = { CHECK_AFFIRMS_BOOT,
			STR("only what was predicted was loaded during boot") },
		[CHECK_FILE_SYSTEM] = { CHECK_NO_CLAIM,
			STR("the root is not known to be covered") },
		[CHECK_HARDWARE] = s->hardware,
		[CHECK_RUNTIME_OPAQUE] = { CHECK_NO_CLAIM,
			STR("a TPM does not keep memory from the host") },
		[CHECK_STORAGE_OPAQUE] = none,
		[CHECK_SOURCED_DATA] = none,
	};
	const char *must[16 + TPM_PCRS] = { "ak-structure", "ak-attributes", "ak-scheme",
		"ak-bound", "quote-structure", "signature", "role", "qualifying-data",
		"pcr-selection", "pcr-claims", "pcr-digest", "pcr-bank", "vouched", "coverage" };
	size_t n = 14;
	const struct check_list *checks = &s->out->verdict.checks;

	if (s->in->policy->freshness == POLICY_NONCE)
		must[n++] = "nonce";
	for (unsigned i = 0; i < TPM_PCRS; i++) {
		if (!(s->in->policy->registers >> i & 1))
			continue;
		must[n] = arena_printf(s->a, "pcr-%u.%s", i, digest_name(s->in->policy->bank)).p;
		must[n] = must[n] ? must[n] : "-";
		n++;
	}
	if (check_passed(checks, "coverage") && s->values_signed && !s->out->differing)
		pass[CHECK_FILE_SYSTEM] = (struct verdict_claim){ CHECK_AFFIRMS,
			STR("the measured command line names the root's hash") };
	verdict_conclude(&s->out->verdict, pass, must);
}

static bool check_arguments(const struct appraise_tpm_in *in, struct err *e)
{
	if (in->policy->registers == 0 || in->policy->bank == DIGEST_NONE)
		return err_set(e, ERR_USAGE, "the policy requires no register");
	if (!str_is(in->shape->platform, "tpm"))
		return err_set(e, ERR_USAGE, "shape '%.*s' is for platform '%.*s', want tpm",
			STR_ARG(in->shape->name), STR_ARG(in->shape->platform));
	return true;
}

bool appraise_tpm(struct appraise_tpm_out *ret, const struct appraise_tpm_in *in, struct arena *a,
	struct err *e)
{
	struct appraise_tpm_state s = { .in = in, .a = a };

	if (!check_arguments(in, e))
		return false;
	s.out = ARENA_NEW(a, struct appraise_tpm_out);
	if (!s.out)
		return arena_full(a, e);
	appraise_tpm_key(&s);
	appraise_tpm_quote(&s);
	appraise_tpm_registers(&s);
	appraise_tpm_log(&s);
	check_vouch(&s);
	check_coverage(&s);
	conclude(&s);
	if (s.out->verdict.checks.full)
		return err_set(
			e, ERR_LIMIT, "the appraisal needs more checks or memory than allowed");
	*ret = *s.out;
	return true;
}
