#include "appraise/appraise_nitro.h"

#include "appraise/appraise_fresh.h"
#include "appraise/appraise_nitro_inside.h"
#include "base/banned.h"

#define AWS_RULES "AWS Nitro Enclaves, attestation process, 3.2"

static const struct row {
	const char *name, *what, *whose;
	enum check_claim claim;
	enum check_value fail_value;
} rows[NITRO_CHECKS] = {
	[NITRO_COSE_FORM] = { "cose-form",
		"the document is a COSE_Sign1 structure, whole and with nothing behind it",
		"RFC 9052", CHECK_INSTANCE_IDENTITY, CHECK_CRYPTO_FAILED },
	[NITRO_COSE_HEADER] = { "cose-header",
		"its algorithm is ES384 and stands where it is signed", AWS_RULES,
		CHECK_INSTANCE_IDENTITY, CHECK_CRYPTO_FAILED },
	[NITRO_DOCUMENT_RULES] = { "document-rules",
		"the payload follows the rules for attestation documents", AWS_RULES,
		CHECK_INSTANCE_IDENTITY, CHECK_CRYPTO_FAILED },
	[NITRO_CERTIFICATES] = { "certificates", "the document's certificates can be read",
		"RFC 5280", CHECK_HARDWARE, CHECK_NOT_RECOGNISED },
	[NITRO_ROOT] = { "root", "its first certificate is a root that is trusted", "this verifier",
		CHECK_HARDWARE, CHECK_NOT_RECOGNISED },
	[NITRO_PROFILE] = { "chain-profile",
		"each certificate may do what it does: sign certificates, or documents", AWS_RULES,
		CHECK_HARDWARE, CHECK_NOT_RECOGNISED },
	[NITRO_SIGNATURES] = { "chain-signatures",
		"each certificate was issued by the one before it, from the root to the leaf",
		AWS_RULES, CHECK_HARDWARE, CHECK_NOT_RECOGNISED },
	[NITRO_TIME] = { "certificate-time", "all certificates are valid at the time that counts",
		"policy", CHECK_INSTANCE_IDENTITY, CHECK_NOT_RECOGNISED },
	[NITRO_REVOCATION] = { "revocation", "no certificate is revoked", AWS_RULES, CHECK_HARDWARE,
		CHECK_NOT_RECOGNISED },
	[NITRO_MODULE] = { "module", "the certificate that signs is of the module that speaks",
		"evidence", CHECK_INSTANCE_IDENTITY, CHECK_NOT_RECOGNISED },
	[NITRO_SIGNATURE] = { "signature", "the document is signed by its certificate", "evidence",
		CHECK_INSTANCE_IDENTITY, CHECK_CRYPTO_FAILED },
	[NITRO_KIND] = { "document-kind",
		"the document is of the platform that the reference values are for",
		"reference values", CHECK_INSTANCE_IDENTITY, CHECK_CONTRAINDICATED },
	[NITRO_AGE] = { "age", "the document is not too old, and not of a time to come", "policy",
		CHECK_INSTANCE_IDENTITY, CHECK_CONTRAINDICATED },
	[NITRO_DEBUG] = { "debug", "the enclave is not in debug mode", "policy",
		CHECK_CONFIGURATION, CHECK_CONTRAINDICATED },
	[NITRO_USER_DATA] = { "user-data", "user_data is what the policy names", "policy",
		CHECK_CONFIGURATION, CHECK_CONTRAINDICATED },
	[NITRO_PUBLIC_KEY] = { "public-key", "public_key is what the policy names", "policy",
		CHECK_INSTANCE_IDENTITY, CHECK_CONTRAINDICATED },
};

static struct check check_of(enum appraise_nitro_check which)
{
	const struct row *r = &rows[which];

	return (struct check){ .name = r->name,
		.what = str_of(r->what),
		.whose = str_of(r->whose),
		.claim = r->claim,
		.fail_value = (int)r->fail_value };
}

const char *appraise_nitro_name(enum appraise_nitro_check which)
{
	return rows[which].name;
}

void appraise_nitro_test(struct appraise_nitro_state *s, enum appraise_nitro_check which,
	struct str want, struct str got, bool ok, const struct err *e)
{
	struct check c = check_of(which);

	c.want = want;
	c.got = got;
	appraise_test(&s->w, c, ok, e);
}

void appraise_nitro_let_by(struct appraise_nitro_state *s, enum appraise_nitro_check which,
	struct str what, struct str got)
{
	struct check c = check_of(which);

	c.what = what;
	c.want = STR("allowed");
	c.got = got;
	c.result = CHECK_PASSED;
	appraise_note(&s->w, c);
}

void appraise_nitro_skip(
	struct appraise_nitro_state *s, enum appraise_nitro_check which, struct str reason)
{
	appraise_skip(&s->w, check_of(which), reason);
}

/* Which checks must have passed, beside the registers' own. */
static size_t must_pass(const struct appraise_nitro_state *s, const char **must)
{
	static const enum appraise_nitro_check always[] = { NITRO_COSE_FORM, NITRO_COSE_HEADER,
		NITRO_DOCUMENT_RULES, NITRO_CERTIFICATES, NITRO_ROOT, NITRO_PROFILE,
		NITRO_SIGNATURES, NITRO_TIME, NITRO_MODULE, NITRO_SIGNATURE, NITRO_AGE };
	const struct policy *p = s->w.in->policy;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		must[n++] = rows[always[i]].name;
	if (s->w.in->shape)
		must[n++] = rows[NITRO_KIND].name;
	if (!s->of_tpm)
		must[n++] = rows[NITRO_DEBUG].name;
	if (p->nitro.user_data.p)
		must[n++] = rows[NITRO_USER_DATA].name;
	if (p->nitro.public_key.p)
		must[n++] = rows[NITRO_PUBLIC_KEY].name;
	if (s->w.in->bundle->has_binding)
		must[n++] = "binding";
	n += appraise_fresh_must(must + n, s->w.in);
	n += appraise_vouched_must(must + n, p);
	must[n++] = "coverage";
	return n;
}

/* Where the policy requires no register that speaks of it, an enclave's PCR 0 to 2 still say that debug mode is off. */
static struct verdict_claim configuration(const struct appraise_nitro_state *s)
{
	const struct check_list *checks = &s->w.out->verdict.checks;
	const struct verdict_claim registers = appraise_compared(&s->w, CHECK_CONFIGURATION,
		(struct verdict_claim){ CHECK_AFFIRMS, STR("the registers are as expected") });

	if (registers.value != CHECK_NO_CLAIM)
		return registers;
	if (check_passed(checks, rows[NITRO_DEBUG].name) && !s->in_debug)
		return (struct verdict_claim){
			CHECK_AFFIRMS,
			STR("debug mode is off; no register that speaks of it was compared and fits")
		};
	return registers;
}

static void conclude(struct appraise_nitro_state *s)
{
	const struct verdict_claim none = { CHECK_NO_CLAIM,
		STR("nothing in the evidence speaks of it") };
	struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = { CHECK_AFFIRMS,
			STR("the Nitro hypervisor signed for this module") },
		[CHECK_CONFIGURATION] = configuration(s),
		[CHECK_EXECUTABLES] = appraise_compared(&s->w, CHECK_EXECUTABLES,
			(struct verdict_claim){ CHECK_AFFIRMS_BOOT,
				STR("only what is expected was loaded during boot") }),
		[CHECK_HARDWARE] = { CHECK_AFFIRMS,
			arena_printf(s->w.a, "AWS Nitro, by %.*s", STR_ARG(s->trusted_root)) },
		[CHECK_RUNTIME_OPAQUE] = { CHECK_NO_CLAIM,
			s->of_tpm
				? STR("a NitroTPM says nothing about the instance's memory")
				: STR("the hypervisor keeps memory from the instance beside it; nothing here keeps it from AWS") },
		[CHECK_STORAGE_OPAQUE] = none,
		[CHECK_SOURCED_DATA] = none,
	};
	const char *must[24 + REGISTER_MAX + 1] = { 0 };
	size_t n = must_pass(s, must);

	if (s->in_debug)
		pass[CHECK_RUNTIME_OPAQUE] = (struct verdict_claim){
			CHECK_UNSAFE,
			STR("debug mode is on: the host sees into the enclave; the policy allows that")
		};
	for (unsigned i = 0; i < BUNDLE_PCRS; i++)
		if (s->required >> i & 1) {
			must[n] = appraise_register_check(&s->w, i);
			must[n] = must[n] ? must[n] : "-";
			n++;
		}
	pass[CHECK_FILE_SYSTEM] = appraise_file_system(&s->w, s->is_signed && !s->w.out->differing,
		s->of_tpm ? STR("the measured command line names the root's hash")
			  : STR("the measured image holds it"));
	verdict_conclude(&s->w.out->verdict, pass, must);
}

static bool check_arguments(const struct appraise_in *in, struct err *e)
{
	enum platform_kind kind = in->shape ? platform_from_name(in->shape->platform)
					    : PLATFORM_UNKNOWN;
	uint32_t required = in->policy->nitro.named;

	if (kind != PLATFORM_NITRO_ENCLAVE)
		required |= in->policy->registers;
	if (kind != PLATFORM_TPM)
		required |= in->policy->nitro.registers;
	if (in->shape && kind != PLATFORM_TPM && kind != PLATFORM_NITRO_ENCLAVE)
		return err_set(e, ERR_USAGE,
			"shape '%.*s' is for platform '%.*s', want nitro-enclave, or tpm for a NitroTPM",
			STR_ARG(in->shape->name), STR_ARG(in->shape->platform));
	return required || err_set(e, ERR_USAGE, "the policy requires no register");
}

bool appraise_nitro(
	struct appraise_out *ret, const struct appraise_in *in, struct arena *a, struct err *e)
{
	static const char *const enclave[] = { "kernel", "command line", "initrd",
		"root file system", NULL };
	static const char *const instance[] = { "firmware", "option ROMs", "boot loader", "kernel",
		"initrd", "command line", "root file system", NULL };
	struct appraise_nitro_state s = { .w = { .in = in, .a = a },
		.archive = policy_nitro_is_archive(in->policy) };

	if (!check_arguments(in, e))
		return false;
	if (!appraise_begin(&s.w, e))
		return false;
	appraise_nitro_signature(&s);
	appraise_nitro_claims(&s);
	appraise_vouched(&s.w);
	appraise_covered(&s.w, s.of_tpm ? instance : enclave, s.required);
	conclude(&s);
	return appraise_end(ret, &s.w, e);
}
