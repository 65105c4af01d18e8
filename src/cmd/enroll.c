/* assay enroll: bind a machine's attestation key to its TPM once, and remember it. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>

#include "appraise/appraise_tpm.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/utc.h"
#include "cmd/ask.h"
#include "cmd/at_time.h"
#include "cmd/enrolled.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signer.h"
#include "trust/certificate.h"
#include "trust/certificate_validity.h"
#include "base/banned.h"

enum { ENROLL_MEMORY_MAX = 64 << 20 };

/* What must hold before a key is remembered, and what it means that one does not; registers are not looked at. */
static const struct must {
	const char *check, *otherwise;
} must[] = {
	{ "ak-structure", "the machine's attestation key cannot be read" },
	{ "ak-attributes", "the machine's attestation key need not live in a TPM" },
	{ "ak-scheme", "the machine's attestation key signs in a way that is not taken" },
	{ "ak-bound", "the attestation key is not shown to live in the machine's TPM" },
	{ "ek-template", "the endorsement key of the machine's TPM is no usual one" },
	{ "ek-certificate", "the TPM's certificate is not shown to be for its endorsement key" },
	{ "ek-chain", "the TPM's certificate leads to no root that you trust" },
	{ "ak-source", "the attestation key is not shown to live in the machine's TPM" },
	{ "quote-structure", "the machine's quote cannot be read" },
	{ "signature", "the machine's quote is not by its attestation key" },
	{ "role", "the machine's evidence was made for something else" },
	{ "nonce", "the machine did not answer this question" },
	{ "qualifying-data", "the machine's quote is for something else" },
};

/* Whether a certificate of the machine is not valid at that time, so that the clock may be what is wrong. */
static bool out_of_time(const struct bundle_chain *chain, int64_t at_unix)
{
	for (size_t i = 0; i < chain->n; i++) {
		CLEANUP(certificate_freep) struct certificate *c = NULL;
		struct certificate_validity v;
		struct err none = { 0 };

		if (certificate_of_der(&c, chain->certificates[i], &none) &&
			certificate_validity_read(&v, c, &none) &&
			!certificate_validity_check(&v, at_unix, 0, "", &none))
			return true;
	}
	return false;
}

static bool advise(const char *check, const struct appraise_in *in, struct err *e)
{
	char now[UTC_SIZE];

	if (strcmp(check, "ek-chain") != 0)
		return err_hint(e,
			"ask the machine itself: whoever stands between it and you may answer for another one");
	if (out_of_time(&in->bundle->ek_chain, in->at_unix)) {
		utc_write(now, in->at_unix);
		return err_hint(e,
			"look at the clock: it is taken to be %s here; --at TIME says another time",
			now);
	}
	return err_hint(e,
		"assay trust add root --name NAME --certificate FILE trusts the maker of the TPM; --trust FILE names another trust file");
}

static bool all_hold(const struct verdict *v, const struct appraise_in *in, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(must); i++) {
		const struct check *c = check_find(&v->checks, must[i].check);
		bool by_issuer = !strcmp(must[i].check, "ek-chain");

		if (c && c->result == CHECK_PASSED)
			continue;
		err_set(e, ERR_SIGNATURE, "%s%s%.*s: %.*s", must[i].otherwise,
			by_issuer && c ? "; it is by " : "",
			STR_ARG(by_issuer && c ? c->got : STR("")),
			STR_ARG(c && c->reason.n ? c->reason : STR("not checked")));
		return advise(must[i].check, in, e);
	}
	return true;
}

static bool record(const struct ask_answer *answer, const struct verb_args *args, struct arena *a,
	struct err *e)
{
	const struct bundle *b = &answer->bundle;
	struct enrolment r = { .url = str_of(verb_arg(args, 0)) };
	char hex[2 * TPM_PUBLIC_NAME_MAX + 1];
	struct enrolment_tpm tpm;
	struct tpm_quote quote;
	struct tpm_public ak;
	struct str path;

	if (!tpm_public_parse(&ak, b->ak_public, e) || !tpm_quote_parse(&quote, b->quote, e))
		return false;
	enrolment_tpm_of(&tpm, answer->challenge.ek_public, &b->ek_chain);
	if (!tpm.ek.n || !tpm.has_certificate)
		return err_set(e, ERR_FORMAT, "endorsement key or certificate cannot be read");
	r.ek = tpm.ek;
	memcpy(r.ek_certificate_sha256, tpm.ek_certificate_sha256, sizeof r.ek_certificate_sha256);
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
	     appraise_tpm(out, &in, a, e) && all_hold(&out->verdict, &in, e) &&
	     record(answer, args, a, e);

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
