/* assay verify: a machine's evidence, from the machine or from a file, against reference values and a policy. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/at_time.h"
#include "cmd/line.h"
#include "cmd/policy_load.h"
#include "cmd/reference_load.h"
#include "cmd/reference_pick.h"
#include "cmd/statements_load.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "cmd/verify_evidence.h"
#include "cmd/verify_publication.h"
#include "cmd/verify_result.h"
#include "base/banned.h"

enum { VERIFY_MEMORY_MAX = 256 << 20 };

struct work {
	const struct verb_args *args;
	struct arena *a;
	struct policy policy;
	struct trust_file trust;
	bool has_values;
	struct reference_values values;
	uint8_t values_sha256[SHA256_SIZE];
	struct verify_publication published; /* zeroed without one */
	struct statements *statements;
	struct quorum_outcome quorum;
	struct verify_evidence evidence;
	struct private_key *key;
	struct appraise_in in;
	struct appraise_out out;
};

static bool values_needed(struct err *e)
{
	err_set(e, ERR_USAGE,
		"--publication or --reference-values is needed: what a machine with a TPM is held against");
	return err_hint(e, "assay build writes it beside the image: out/reference-values.json");
}

/* Published values are as good as any others: what they are worth is in who vouches for them. */
static bool take_published(struct work *w, int *code, struct err *e)
{
	struct verify_publication *p = &w->published;

	if (verb_value(w->args, "--reference-values"))
		return err_set(e, ERR_USAGE,
			"--publication brings its own reference values: leave --reference-values out");
	if (!verify_publication_take(p, w->args, &w->trust, w->in.at_unix, code, w->a, e))
		return false;
	w->has_values = true;
	w->values = p->values;
	memcpy(w->values_sha256, p->values_sha256, SHA256_SIZE);
	return true;
}

static bool read_values(struct work *w, int *code, struct err *e)
{
	const char *path = verb_value(w->args, "--reference-values");

	if (verb_value(w->args, "--publication"))
		return take_published(w, code, e);
	w->has_values = path != NULL;
	return !path || reference_load(&w->values, w->values_sha256, path, w->a, e);
}

static bool load_values(struct work *w, int *code, struct err *e)
{
	if (!read_values(w, code, e))
		return false;
	if (!w->has_values || w->values.n_shapes)
		return true;
	err_set(e, ERR_NOTFOUND, "the reference values have no shape");
	return err_hint(e, "the image was built for none: platforms: in its assay.yaml");
}

/* Hardware's evidence can do with the values of a policy, if nobody names a shape of others. */
static bool do_without(const struct bundle *b, struct str shape, struct err *e)
{
	if (b->kind == BUNDLE_TPM)
		return values_needed(e);
	if (!shape.p)
		return true;
	err_set(e, ERR_USAGE, "shape '%.*s' is one of reference values, and there are none",
		STR_ARG(shape));
	return err_hint(e, "give --reference-values, or leave the shape out");
}

/* Which of the values are for this machine, and who vouches for them. */
static bool pick_shape(struct work *w, struct err *e)
{
	const char *name = verb_value(w->args, "--shape");
	struct str shape = name ? str_of(name) : w->policy.shape;
	const struct bundle *b = &w->evidence.bundle;
	bool by_value;

	if (!w->has_values)
		return do_without(b, shape, e);
	if (!reference_pick(&w->in.shape, &by_value, &w->values, shape, b, w->policy.bank, w->a, e))
		return false;
	w->in.values = &w->values;
	if (by_value)
		verb_say(w->args, "of several shapes the evidence has the values of %.*s",
			STR_ARG(w->in.shape->name));
	return reference_load_vouch(
		&w->in.vouch, &w->values, w->values_sha256, verb_value(w->args, "--store"), e);
}

/* Those of --statements, and of a publication those that stand in a log where the trust file asks for that. */
static bool load_statements(struct work *w, struct err *e)
{
	const struct published *p = &w->published.judged;
	const char *path;

	if (!statements_load_new(&w->statements, &w->trust, e))
		return false;
	for (size_t i = 0; (path = verb_nth(w->args, "--statements", i)); i++)
		if (!statements_load_path(w->statements, path, e))
			return false;
	for (size_t i = 0; i < p->n_statements; i++)
		if (p->statements[i].counts &&
			!statements_add(w->statements, p->statements[i].file->path,
				p->statements[i].file->bytes, e))
			return false;
	return true;
}

/* What rebuilders say of these values. What cannot be heard of them is told and changes nothing. */
static bool hear_statements(struct work *w, struct err *e)
{
	if (!verb_value(w->args, "--statements") && !w->published.judged.n_statements)
		return true;
	if (!w->has_values || !w->in.shape)
		return err_set(e, ERR_USAGE,
			"--statements is about --reference-values, and there are none");
	if (!load_statements(w, e))
		return false;
	for (size_t i = 0; !verb_quiet(w->args) && i < w->statements->n_aside; i++)
		line_print(stderr, "not heard: '%.*s': %.*s", STR_ARG(w->statements->aside[i].from),
			STR_ARG(w->statements->aside[i].why));
	w->in.quorum = &w->quorum;
	return statements_outcome(&w->quorum, w->statements, &w->values, w->in.shape,
		(struct statements_asked){ w->policy.vouchers.rebuilders, w->in.at_unix }, e);
}

static bool load(struct work *w, int *code, struct err *e)
{
	w->in.policy = &w->policy;
	w->in.trust = &w->trust;
	return at_time_read(&w->in.at_unix, verb_value(w->args, "--at"), e) &&
	       policy_load(&w->policy, verb_value(w->args, "--policy"), w->a, e) &&
	       verify_result_key(&w->key, w->args, e) &&
	       trust_load(&w->trust, verb_value(w->args, "--trust"), w->a, e) &&
	       load_values(w, code, e) &&
	       verify_evidence_take(&w->evidence, &w->in, w->args, w->a, e) && pick_shape(w, e) &&
	       hear_statements(w, e);
}

static void say_whom_to_trust(const struct work *w)
{
	if (w->evidence.bundle.kind == BUNDLE_TPM && !w->trust.n_roots && !w->trust.n_pinned)
		verb_say(w->args,
			"nobody's TPM is trusted yet: --trust FILE says whose is, see assay-trust(5)");
}

static bool verify(struct work *w, int *code, struct err *e)
{
	if (!load(w, code, e))
		return false;
	say_whom_to_trust(w);
	if (!appraise(&w->out, &w->in, w->a, e) ||
		!verify_result_print(&w->out, &w->in, w->has_values ? &w->values : NULL, w->key,
			w->args, w->a, e))
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
	verify_evidence_done(&w->evidence);
	statements_load_free(w->statements);
	trust_unload(&w->trust);
	private_key_free(w->key);
	arena_free(w->a);
	free(w);
	return ok;
}

static const struct verb_option options[] = {
	{ "--reference-values", "FILE", "what the machine should measure", false },
	VERIFY_PUBLICATION_OPTIONS,
	{ "--shape", "NAME", "which of them, where several are for its platform", false },
	{ "--policy", "FILE", "what is demanded of it, see assay-policy(5)", false },
	{ "--trust", "FILE", "whom you trust (~/.config/assay/trust.yaml)", false },
	{ "--statements", "FILE|DIR", "what rebuilders say of the values", true },
	{ "--store", "DIR", verbs_evidence_store, false },
	VERIFY_EVIDENCE_OPTIONS,
	{ "--at", "TIME", "appraise as of 2026-11-23T12:00:00Z, or seconds", false },
	VERIFY_RESULT_OPTIONS,
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
