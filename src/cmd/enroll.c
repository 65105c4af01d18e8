/* assay enroll: bind a machine's attestation key to its TPM once, and remember it. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>

#include "appraise/appraise_tpm.h"
#include "base/hex.h"
#include "base/mem.h"
#include "cmd/ask.h"
#include "cmd/at_time.h"
#include "cmd/enrolled.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signer.h"
#include "trust/certificate.h"
#include "base/banned.h"

enum { ENROLL_MEMORY_MAX = 64 << 20 };

/* What must hold before a key is remembered; registers are not looked at. */
static const char *const must[] = { "ak-structure", "ak-attributes", "ak-scheme", "ak-bound",
	"ak-source", "ek-template", "ek-certificate", "ek-chain", "quote-structure", "signature",
	"role", "nonce", "qualifying-data" };

static bool all_hold(const struct verdict *v, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(must); i++) {
		const struct check *c = check_find(&v->checks, must[i]);

		if (!c || c->result != CHECK_PASSED)
			return err_set(e, ERR_SIGNATURE, "%.*s: %.*s",
				STR_ARG(c ? c->what : str_of(must[i])),
				STR_ARG(c && c->reason.n ? c->reason : STR("not checked")));
	}
	return true;
}

static bool record(
	const struct bundle *b, const struct verb_args *args, struct arena *a, struct err *e)
{
	struct enrolment r = { .url = str_of(verb_arg(args, 0)) };
	char hex[2 * TPM_PUBLIC_NAME_MAX + 1];
	struct certificate *leaf = NULL;
	struct tpm_quote quote;
	struct tpm_public ak;
	struct str path;

	if (!tpm_public_parse(&ak, b->ak_public, e) || !tpm_quote_parse(&quote, b->quote, e) ||
		!certificate_of_der(&leaf, b->ek_chain.certificates[0], e))
		return false;
	certificate_sha256(r.ek_certificate_sha256, leaf);
	certificate_free(leaf);
	r.ak = tpm_public_name(&ak);
	r.has_counters = true;
	r.clock_ms = quote.clock_ms;
	r.reset_count = quote.reset_count;
	r.restart_count = quote.restart_count;
	r.plain = tpm_signer_is_plain(&quote, &ak, b->ek_public);
	if (!enrolled_put(&r, &path, a, e))
		return false;
	hex_write(hex, r.ak.bytes, r.ak.n);
	printf("enrolled %s\nrecord   %s\n", hex, path.p);
	return true;
}

/* Hardware signs its evidence with a key that its maker certifies: there is no key of a TPM to remember. */
static bool has_tpm(const struct ask_answer *answer, struct err *e)
{
	if (answer->has_challenge)
		return true;
	err_set(e, ERR_USAGE, "the machine's evidence is of kind '%s', which needs no enrolment",
		bundle_kind_name(answer->bundle.kind));
	return err_hint(e, "ask it at once: assay verify URL --reference-values FILE");
}

static bool enroll(const struct verb_args *args, struct trust_file *trust, struct arena *a,
	struct ask_answer *answer, struct err *e)
{
	/* The shape is empty: only the checks of keys and freshness count here. */
	const struct reference_shape none = { .name = STR("none"), .platform = STR("tpm") };
	struct policy policy = policy_default();
	struct appraise_in in = { .bundle = &answer->bundle,
		.shape = &none,
		.policy = &policy,
		.trust = trust,
		.nonce = answer->nonce,
		.challenge = &answer->challenge };
	struct appraise_out *out = MEM_NEW(struct appraise_out);
	bool ok;

	/* A name that is pinned says nothing of the TPM whose certificate is recorded with it. */
	policy.tpm.ak = 1U << POLICY_TPM_CREDENTIAL;
	ok = trust_load(trust, verb_value(args, "--trust"), a, e) &&
	     at_time_read(&in.at_unix, verb_value(args, "--at"), e) &&
	     ask_attester(answer, verb_arg(args, 0), NULL, a, e) && has_tpm(answer, e) &&
	     appraise_tpm(out, &in, a, e) && all_hold(&out->verdict, e) &&
	     record(&answer->bundle, args, a, e);

	mem_free(&out);
	return ok;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ENROLL_MEMORY_MAX);
	CLEANUP(trust_unload) struct trust_file trust = { 0 };
	struct ask_answer answer = { 0 };
	bool ok = enroll(args, &trust, a, &answer, e);

	(void)code;
	buf_done(&answer.text);
	return ok;
}

static const struct verb_option options[] = {
	{ "--trust", "FILE", "whom you trust (~/.config/assay/trust.yaml)", false },
	{ "--at", "TIME", "as of 2026-11-23T12:00:00Z, or seconds", false },
	{ 0 },
};

const struct verb cmd_enroll = {
	.name = "enroll",
	.summary = "bind a machine's attestation key to its TPM and remember it",
	.usage = "URL",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay enroll http://127.0.0.1:8080 --trust trust.yaml",
	.run = run,
};
