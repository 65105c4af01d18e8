/* assay statement show, verify: what a statement says, and whether somebody who counts signed it. */
#include "base/mem.h"
#include "cmd/statement_report.h"
#include "cmd/verbs.h"
#include "base/banned.h"

struct work {
	struct arena *a;
	struct statement_keys keys;
	struct statement_file file;
	struct statement_report report;
};

static struct work *work_new(void)
{
	struct work *w = MEM_NEW(struct work);

	w->a = arena_new(STATEMENT_MEMORY_MAX);
	return w;
}

static void work_freep(struct work **w)
{
	statement_keys_done(&(*w)->keys);
	arena_free((*w)->a);
	mem_free(w);
}

static bool load(struct work *w, const struct verb_args *args, struct err *e)
{
	return statement_keys_load(&w->keys, args, w->a, e) &&
	       statement_file_load(&w->file, verb_arg(args, 0), w->a, e) &&
	       statement_report_make(&w->report, &w->file, &w->keys, w->a, e);
}

static bool print(const struct work *w, const struct verb_args *args, struct err *e)
{
	if (verb_flag(args, "--json"))
		return statement_report_json(&w->report, e);
	statement_report_text(&w->report);
	return true;
}

static const struct verb_option options[] = {
	STATEMENT_KEYS_OPTIONS,
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

/* ---- show ---- */

static bool run_show(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(work_freep) struct work *w = work_new();

	if (!load(w, args, e) || !print(w, args, e))
		return false;
	if (w->report.n_bad) {
		*code = VERB_NO;
		verb_hint("somebody put another's key to it, or it was changed since: rely on "
			  "nothing of it");
	}
	return true;
}

const struct verb cmd_statement_show = {
	.name = "statement show",
	.summary = "say in plain words what a statement says and who signed it",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay statement show alice.dsse.json",
	.run = run_show,
};

/* ---- verify ---- */

static bool refuse(const struct work *w, int *code, struct err *e)
{
	if (!w->keys.n) {
		err_set(e, ERR_USAGE,
			"nobody's signature counts: the trust file names no rebuilder");
		return err_hint(e, "name a key with --key, or a rebuilder with assay trust add");
	}
	*code = VERB_NO;
	if (!w->file.is_signed) {
		err_set(e, ERR_SIGNATURE, "it is not signed: anyone may have written it");
		return err_hint(e, "ask for the envelope that `assay sign` made of it");
	}
	err_set(e, ERR_SIGNATURE, "none of its %zu signatures is by %s that %s", w->file.dsse.n,
		w->keys.n == 1 ? "the key" : "one of the keys",
		w->keys.from_trust_file ? "the trust file names" : "was given");
	return err_hint(e, "assay statement show tells which keys its signatures claim");
}

/* The payload that is told is the one whose signature holds: both come from one reading of the envelope. */
static bool run_verify(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(work_freep) struct work *w = work_new();

	if (!load(w, args, e))
		return false;
	if (!w->report.n_counting) {
		refuse(w, code, e);
		return err_wrap(e, "'%s'", verb_arg(args, 0));
	}
	return print(w, args, e);
}

const struct verb cmd_statement_verify = {
	.name = "statement verify",
	.summary = "whether somebody who counts signed a statement",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay statement verify alice.dsse.json --key ed25519:...",
	.run = run_verify,
};
