/* assay explain: why a machine measures something else than predicted. It decides nothing; verify does. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>

#include "appraise/explain.h"
#include "appraise/policy.h"
#include "cmd/explain_text.h"
#include "cmd/reference_load.h"
#include "cmd/verbs.h"
#include "evidence/bundle.h"
#include "sys/file.h"
#include "base/banned.h"

static const char explain_wanted
	[] = "wanted is what `assay verify URL --save FILE` keeps, or a firmware's event log";

enum { EXPLAIN_MEMORY_MAX = 256 << 20 };

/* A bundle, or a firmware log by itself, whose own replay then stands for the values. */
struct source {
	struct bundle bundle;
	struct bundle_bank from_log;
	const struct bundle_bank *values;
	struct event_log log;
	bool has_log;
};

static bool from_log(
	struct source *s, struct span bytes, enum digest_alg bank, struct arena *a, struct err *e)
{
	struct event_log_registers r;

	if (!event_log_parse(&s->log, bytes, a, e))
		return false;
	if (s->log.form == EVENT_LOG_CC)
		return err_set(e, ERR_USAGE,
			"a confidential guest's log, and not of a TPM: `assay eventlog diff` takes it");
	if (!event_log_replay(&r, &s->log, bank, e))
		return false;
	s->has_log = true;
	s->from_log.alg = bank;
	s->from_log.pcrs = (UINT32_C(1) << BUNDLE_PCRS) - 1;
	for (unsigned i = 0; i < BUNDLE_PCRS; i++)
		s->from_log.values[i] = r.values[i];
	s->values = &s->from_log;
	return true;
}

static bool from_bundle(
	struct source *s, struct span bytes, enum digest_alg bank, struct arena *a, struct err *e)
{
	if (!bundle_parse(&s->bundle, bytes, a, e))
		return false;
	s->values = bundle_bank_find(&s->bundle, bank);
	if (!s->values)
		return err_set(
			e, ERR_NOTFOUND, "the bundle has no values of bank %s", digest_name(bank));
	s->has_log = s->bundle.firmware_log.p != NULL;
	return !s->has_log || event_log_parse(&s->log, s->bundle.firmware_log, a, e);
}

static bool explain_file(const struct verb_args *args, const char *from, struct span bytes,
	struct arena *a, int *code, struct err *e)
{
	enum digest_alg bank = policy_default().bank;
	const char *path = verb_value(args, "--reference-values");
	struct reference_values values;
	uint8_t sha256[SHA256_SIZE];
	struct explain_in in = { 0 };
	struct source s = { 0 };
	struct explain ex;
	bool is_bundle = bytes.n && bytes.p[0] == '{';

	if (!reference_load(&values, sha256, path, a, e) ||
		!reference_load_shape(&in.shape, &values, str_make(NULL, 0), e))
		return false;
	if (!(is_bundle ? from_bundle(&s, bytes, bank, a, e) : from_log(&s, bytes, bank, a, e))) {
		err_hint(e, "%s", explain_wanted);
		return err_wrap(e, "'%s'", from);
	}
	in.values = s.values;
	in.log = s.has_log ? &s.log : NULL;
	if (!explain(&ex, &in, a, e))
		return false;
	puts(is_bundle ? "Values as the bundle claims them; their signature is not checked here:"
		       : "Values as the log gives them; nobody signed it:");
	explain_text_print(&ex);
	*code = ex.n ? VERB_NO : VERB_YES;
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EXPLAIN_MEMORY_MAX);
	CLEANUP(buf_done) struct buf text = buf_init(0);

	const char *from = verb_arg(args, 0);

	if (!verb_value(args, "--reference-values")) {
		err_set(e, ERR_USAGE, "--reference-values is needed: what was predicted");
		return err_hint(
			e, "assay build writes it beside the image: out/reference-values.json");
	}
	if (!file_read(AT_FDCWD, from, BUNDLE_SIZE_MAX, &text, e))
		return err_hint(e, "%s", explain_wanted);
	return explain_file(args, from, buf_span(&text), a, code, e);
}

static const struct verb_option options[] = {
	{ "--reference-values", "FILE", "what the machine should measure (needed)", false },
	{ 0 },
};

const struct verb cmd_explain = {
	.name = "explain",
	.summary = "align what was measured with what was predicted, by event",
	.usage = "BUNDLE|LOG",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example =
		"assay explain evidence.json --reference-values \\\n    out/reference-values.json",
	.run = run,
};
