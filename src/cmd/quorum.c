/* assay quorum: whether enough independent rebuilders say the same of an image. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>

#include "base/mem.h"
#include "cmd/at_time.h"
#include "cmd/quorum_show.h"
#include "cmd/quorum_summary.h"
#include "cmd/reference_load.h"
#include "cmd/statements_load.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "base/banned.h"

enum { QUORUM_MEMORY_MAX = 256 << 20, QUORUM_MANIFEST_MAX = 256 << 20, QUORUM_FOLDERS_MAX = 32 };

struct work {
	const struct verb_args *args;
	struct arena *a;
	struct trust_file trust;
	struct statements *statements;
	struct quorum quorum;
	struct quorum_outcome outcome;
	struct quorum_folder folders[QUORUM_FOLDERS_MAX];
	size_t n_folders;
	int64_t at_unix;
};

static bool load_folders(struct work *w, struct err *e)
{
	const char *path;

	for (; (path = verb_nth(w->args, "--artefacts", w->n_folders)); w->n_folders++) {
		CLEANUP(buf_done) struct buf text = { 0 };
		struct str manifest = arena_printf(w->a, "%s/manifest.json", path);

		if (w->n_folders == QUORUM_FOLDERS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d folders of artefacts",
				QUORUM_FOLDERS_MAX);
		if (!manifest.p)
			return arena_full(w->a, e);
		if (!file_read(AT_FDCWD, manifest.p, QUORUM_MANIFEST_MAX, &text, e))
			return err_hint(e,
				"--artefacts is a folder that `assay build` or `assay rebuild -o` wrote");
		w->folders[w->n_folders].path = path;
		sha256_of(w->folders[w->n_folders].manifest_sha256, buf_span(&text));
	}
	return true;
}

static bool load(struct work *w, struct err *e)
{
	if (!at_time_read(&w->at_unix, verb_value(w->args, "--at"), e) ||
		!trust_load(&w->trust, verb_value(w->args, "--trust"), w->a, e) ||
		!statements_load_new(&w->statements, &w->trust, e) || !load_folders(w, e))
		return false;
	if (!w->trust.rebuilders.n) {
		err_set(e, ERR_USAGE,
			"the trust file names no rebuilder, so nobody's statement counts");
		return err_hint(e, "`assay trust add rebuilder` says whose rebuilds count");
	}
	for (size_t i = 0; i < verb_n_args(w->args); i++)
		if (!statements_load_path(w->statements, verb_arg(w->args, i), e))
			return false;
	return true;
}

/* Of the values that are asked about, if any. */
static bool take(struct work *w, bool *has_values, struct err *e)
{
	const char *path = verb_value(w->args, "--reference-values");
	const struct statements *s = w->statements;
	struct reference_values values;
	uint8_t sha256[SHA256_SIZE];

	*has_values = path != NULL;
	if (!quorum_take(&w->quorum, s->items, s->n, &w->trust, w->at_unix, w->a, e))
		return false;
	return !path || (reference_load(&values, sha256, path, w->a, e) &&
				quorum_outcome_of(&w->outcome, &w->quorum, &values, NULL, w->a, e));
}

static bool answer(struct work *w, int *code, struct err *e)
{
	struct quorum_show show;
	bool has_values;

	if (!quorum_summary_ask(w->args, e) || !load(w, e) || !take(w, &has_values, e))
		return false;
	show = (struct quorum_show){ .quorum = &w->quorum,
		.statements = w->statements,
		.outcome = has_values ? &w->outcome : NULL,
		.folders = w->folders,
		.n_folders = w->n_folders };
	*code = quorum_show_reached(&show) ? VERB_YES : VERB_NO;
	if (!(verb_flag(w->args, "--json") ? quorum_show_json(&show, e)
					   : quorum_show_text(&show, w->a, e)))
		return false;
	return *code != VERB_YES || quorum_summary_write(&show, w->args, w->at_unix, w->a, code, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	struct work *w = MEM_NEW(struct work);
	bool ok;

	w->args = args;
	w->a = arena_new(QUORUM_MEMORY_MAX);
	ok = answer(w, code, e);
	statements_load_free(w->statements);
	trust_unload(&w->trust);
	arena_free(w->a);
	mem_free(&w);
	return ok;
}

static const struct verb_option options[] = {
	{ "--reference-values", "FILE", "whether they vouch for exactly these", false },
	{ "--artefacts", "DIR", "what was built, to say how to see a difference", true },
	{ "--trust", "FILE", "whom you trust (~/.config/assay/trust.yaml)", false },
	{ "--at", "TIME", "as of 2026-11-23T12:00:00Z, or seconds", false },
	QUORUM_SUMMARY_OPTIONS,
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_quorum = {
	.name = "quorum",
	.summary = "whether enough rebuilders say the same of an image",
	.usage = "FILE|DIR...",
	.min_args = 1,
	.max_args = VERB_ARGS_MAX,
	.options = options,
	.example = "assay quorum statements --reference-values out/reference-values.json",
	.run = run,
};
