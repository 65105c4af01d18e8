/* assay verify: a machine's evidence, from the machine or from a file, against reference values. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <stdlib.h>

#include "appraise/appraise_tpm.h"
#include "base/hex.h"
#include "base/mem.h"
#include "cmd/ask.h"
#include "cmd/at_time.h"
#include "cmd/enrolled.h"
#include "cmd/reference_load.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "cmd/verdict_text.h"
#include "codec/yaml.h"
#include "sys/file.h"
#include "base/banned.h"

enum { VERIFY_MEMORY_MAX = 256 << 20 };

struct work {
	const struct verb_args *args;
	struct arena *a;
	struct reference_values values;
	struct policy policy;
	struct trust_file trust;
	struct bundle bundle;
	struct buf bundle_text;
	uint8_t nonce[BINDING_NONCE_SIZE];
	struct appraise_challenge challenge;
	struct enrolment enrolment;
	struct appraise_in in;
	struct appraise_out out;
};

static bool is_url(const char *arg)
{
	return str_starts(str_of(arg), "http://") || str_starts(str_of(arg), "https://");
}

static bool load_policy(struct work *w, struct err *e)
{
	const char *path = verb_value(w->args, "--policy");
	CLEANUP(buf_done) struct buf text = buf_init(0);
	struct json v;

	w->policy = policy_default();
	w->in.policy = &w->policy;
	if (!path)
		return true;
	if (!file_read(AT_FDCWD, path, YAML_SIZE_MAX, &text, e)) {
		err_hint(e, "the manual page assay-policy(5) says what a policy file holds");
		return err_wrap(e, "policy");
	}
	if (!yaml_parse(&v, buf_span(&text), w->a, e) || !policy_parse(&w->policy, &v, w->a, e)) {
		err_hint(e, "the manual page assay-policy(5) says what a policy file holds");
		return err_wrap(e, "'%s'", path);
	}
	return true;
}

static bool load_reference(struct work *w, struct err *e)
{
	const char *path = verb_value(w->args, "--reference-values");
	uint8_t sha256[SHA256_SIZE];

	if (!path) {
		err_set(e, ERR_USAGE,
			"--reference-values is needed: what the machine is held against");
		return err_hint(
			e, "assay build writes it beside the image: out/reference-values.json");
	}
	return reference_load(&w->values, sha256, path, w->a, e) &&
	       reference_load_shape(&w->in.shape, &w->values, w->policy.shape, e) &&
	       reference_load_vouch(
		       &w->in.vouch, &w->values, sha256, verb_value(w->args, "--store"), e);
}

static bool read_nonce(struct work *w, struct err *e)
{
	const char *hex = verb_value(w->args, "--nonce");

	if (!hex)
		return true;
	if (!hex_read(str_of(hex), w->nonce, sizeof w->nonce))
		return err_set(e, ERR_USAGE, "--nonce must be %d lower-case hex digits",
			2 * BINDING_NONCE_SIZE);
	w->in.nonce = w->nonce;
	return true;
}

static bool ask(struct work *w, const char *url, struct err *e)
{
	struct ask_answer answer;

	verb_say(w->args, "asking %s", url);
	if (!ask_attester(&answer, url, w->in.nonce, w->a, e))
		return false;
	w->bundle = answer.bundle;
	w->bundle_text = answer.text;
	w->challenge = answer.challenge;
	memcpy(w->nonce, answer.nonce, sizeof w->nonce);
	w->in.nonce = w->nonce;
	w->in.challenge = answer.has_challenge ? &w->challenge : NULL;
	return true;
}

/* The enrolment record of the key that the bundle names; a bundle whose key cannot be read has none. */
static bool find_enrolment(struct work *w, struct err *e)
{
	struct err ignored = { 0 };
	struct tpm_public ak;
	struct tpm_name name;
	bool found = false;

	if (!tpm_public_parse(&ak, w->bundle.ak_public, &ignored))
		return true;
	name = tpm_public_name(&ak);
	if (!enrolled_find(&w->enrolment, &found, &name, w->a, e))
		return false;
	w->in.enrolment = found ? &w->enrolment : NULL;
	return true;
}

static bool read_bundle(struct work *w, const char *path, struct err *e)
{
	static const char wanted[] =
		"wanted is a machine's URL (http://HOST:PORT), or what `assay verify --save` kept";

	if (!file_read(AT_FDCWD, path, BUNDLE_SIZE_MAX, &w->bundle_text, e))
		return err_hint(e, "%s", wanted);
	if (!bundle_parse(&w->bundle, buf_span(&w->bundle_text), w->a, e)) {
		err_hint(e, "%s", wanted);
		return err_wrap(e, "'%s'", path);
	}
	return find_enrolment(w, e);
}

static bool take_evidence(struct work *w, struct err *e)
{
	const char *from = verb_arg(w->args, 0), *save = verb_value(w->args, "--save");

	w->in.bundle = &w->bundle;
	if (!read_nonce(w, e))
		return false;
	if (is_url(from) ? !ask(w, from, e) : !read_bundle(w, from, e))
		return false;
	return !save || file_write(AT_FDCWD, save, buf_span(&w->bundle_text), 0644, e);
}

static bool print_json(const struct work *w, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(16 << 20);
	struct verdict_context c = { .at_unix = w->in.at_unix,
		.build = STR(VERB_BUILD),
		.policy = w->policy.id,
		.submod = STR("tpm"),
		.nonce = { w->in.nonce, w->in.nonce ? BINDING_NONCE_SIZE : 0 },
		.values = &w->values };

	verdict_emit(&w->out.verdict, &c, &out);
	if (!buf_ok(&out))
		return buf_full(&out, "result", e);
	fwrite(out.p, 1, out.n, stdout);
	return true;
}

static void say_whom_to_trust(const struct work *w)
{
	if (!w->trust.n_roots && !w->trust.n_pinned)
		verb_say(w->args,
			"nobody's TPM is trusted yet: --trust FILE says whose is, see assay-trust(5)");
}

static bool verify(struct work *w, int *code, struct err *e)
{
	w->in.trust = &w->trust;
	if (!at_time_read(&w->in.at_unix, verb_value(w->args, "--at"), e) || !load_policy(w, e) ||
		!load_reference(w, e) ||
		!trust_load(&w->trust, verb_value(w->args, "--trust"), w->a, e) ||
		!take_evidence(w, e))
		return false;
	say_whom_to_trust(w);
	if (!appraise_tpm(&w->out, &w->in, w->a, e))
		return false;
	if (verb_flag(w->args, "--json")
			? !print_json(w, e)
			: !verdict_text_print(&w->out, &w->in, &w->values, w->a, e))
		return false;
	*code = verdict_affirms(&w->out.verdict) ? VERB_YES : VERB_NO;
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	struct work *w = MEM_NEW(struct work);
	bool ok;

	w->args = args;
	w->a = arena_new(VERIFY_MEMORY_MAX);
	ok = verify(w, code, e);
	buf_done(&w->bundle_text);
	trust_unload(&w->trust);
	arena_free(w->a);
	free(w);
	return ok;
}

static const struct verb_option options[] = {
	{ "--reference-values", "FILE", "what the machine should measure (needed)", false },
	{ "--policy", "FILE", "what is demanded of it, see assay-policy(5)", false },
	{ "--trust", "FILE", "whom you trust (~/.config/assay/trust.yaml)", false },
	{ "--store", "DIR", verbs_evidence_store, false },
	{ "--nonce", "HEX", "the nonce that the evidence must answer", false },
	{ "--at", "TIME", "appraise as of 2026-11-23T12:00:00Z, or seconds", false },
	{ "--save", "FILE", "keep the evidence bundle", false },
	{ "--json", NULL, "print an EAR with the AR4SI vector", false },
	{ 0 },
};

const struct verb cmd_verify = {
	.name = "verify",
	.summary = "hold a machine's evidence against reference values",
	.usage = verbs_evidence,
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = verbs_example,
	.run = run,
};
