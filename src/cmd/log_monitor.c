/* assay log monitor: follows a log, and says which values under its origin one has not rebuilt. */
#include "base/mem.h"
#include "cmd/log_monitor_report.h"
#include "cmd/log_trust.h"
#include "cmd/verbs.h"
#include "log/log_follow.h"
#include "log/log_prove.h"
#include "log/log_state.h"
#include "sys/file.h"
#include "base/banned.h"

enum { MEMORY_MAX = 64 << 20 };

struct work {
	const struct verb_args *args;
	struct arena *a;
	struct log_source from;
	struct log_state *state;
	struct log_own *own;
	struct note_quorum trust;
	struct log_note shown;
	struct log_frontier frontier;
	int spool;
	struct log_monitor_report report;
};

static void work_done(struct work *w)
{
	log_monitor_report_done(&w->report);
	file_closep(&w->spool);
	log_note_done(&w->shown);
	log_own_free(w->own);
	log_state_free(w->state);
	log_source_done(&w->from);
	arena_free(w->a);
}

/* ---- what is asked for, and what the log shows ---- */

static bool load_own(struct work *w, struct err *e)
{
	const char *path;

	w->own = log_own_new();
	for (size_t i = 0; (path = verb_nth(w->args, "--rebuilt", i)); i++) {
		CLEANUP(buf_done) struct buf file = { 0 };

		if (!file_read(AT_FDCWD, path, DSSE_SIZE_MAX, &file, e))
			return false;
		if (!log_own_add(w->own, buf_span(&file), e))
			return err_wrap(e, "'%s'", path);
	}
	return true;
}

/* Signed by the log; nothing is asked of its witnesses yet. */
static bool check_log(struct work *w, struct err *e)
{
	const struct log_note *seen = log_state_seen(w->state);
	struct note_quorum by_log = w->trust;
	struct note_quorum_found found;

	by_log.n_witnesses = by_log.needed = 0;
	if (!note_quorum_check(&found, &w->shown.signatures, &w->shown.checkpoint, &by_log, e)) {
		if (e->kind == ERR_NOTFOUND)
			e->kind = ERR_SIGNATURE; /* it is there, and is not signed */
		return false;
	}
	if (!seen || str_equal(seen->checkpoint.origin, w->trust.log.name))
		return true;
	err_set(e, ERR_USAGE, "the state is of log '%.*s', not of '%.*s'",
		STR_ARG(seen->checkpoint.origin), STR_ARG(w->trust.log.name));
	return err_hint(e, "each log needs a --state of its own");
}

static bool begin(struct work *w, struct err *e)
{
	const char *state = verb_value(w->args, "--state");

	if (!state)
		return err_set(e, ERR_USAGE, "wanted --state: where it is kept what was seen");
	return load_own(w, e) && log_source_open(&w->from, verb_arg(w->args, 0), e) &&
	       log_state_open(&w->state, state, e) && log_note_read(&w->shown, &w->from, w->a, e) &&
	       log_trust_read(&w->trust, w->shown.checkpoint.origin, w->args, w->a, e) &&
	       check_log(w, e);
}

/* ---- a log that contradicts itself ---- */

/* Always false: the two checkpoints are kept and shown. */
static bool conflict(struct work *w, const char *what, struct err *e)
{
	const struct log_note *seen = log_state_seen(w->state);
	CLEANUP(mem_free) char *place = NULL;

	if (!log_state_conflict(&place, w->state, seen, &w->shown, e))
		return false;
	if (!log_monitor_report_conflict(
		    verb_flag(w->args, "--json"), what, place, seen, &w->shown, e))
		return false;
	err_set(e, ERR_MISMATCH, "log '%.*s' %s: it had %llu entries, and shows %llu",
		STR_ARG(seen->checkpoint.origin), what, (unsigned long long)seen->checkpoint.size,
		(unsigned long long)w->shown.checkpoint.size);
	return err_hint(e,
		"both checkpoints, signed by its key, are in %s: show them to others who use it",
		place);
}

/* The new entries did not give the root. Its tiles say whether the log has another past, or entries that are not its own. */
static bool other_root(struct work *w, struct err *e)
{
	const struct log_note *seen = log_state_seen(w->state);
	struct log_prove_trees t = { .size = w->shown.checkpoint.size };
	struct err why = { 0 };
	bool consistent;

	if (!seen)
		return err_hint(e, "the log is damaged: no entry of it counts");
	t.old_size = seen->checkpoint.size;
	consistent = log_prove_consistency(&t, &w->from, &w->shown.checkpoint, &why);
	if (!consistent && why.kind != ERR_MISMATCH)
		return conflict(w, "does not show that it goes on from what was seen", e);
	if (!consistent || !merkle_equal(&t.old_root, &seen->checkpoint.root))
		return conflict(w, "signed two histories", e);
	err_set(e, ERR_MISMATCH, "log '%s': its entries are not those of its tiles", w->from.base);
	return err_hint(e, "the log is damaged; its past is the one that was seen");
}

static bool follow(struct work *w, struct err *e)
{
	const struct log_note *seen = log_state_seen(w->state);
	struct note_quorum_found found;

	if (seen && w->shown.checkpoint.size < seen->checkpoint.size)
		return conflict(w, "went back", e);
	if (seen && w->shown.checkpoint.size == seen->checkpoint.size &&
		!merkle_equal(&w->shown.checkpoint.root, &seen->checkpoint.root))
		return conflict(w, "signed two histories", e);
	w->frontier = log_state_frontier(w->state);
	w->spool = log_state_spool(w->state, e);
	if (w->spool < 0)
		return false;
	if (!log_follow(&w->frontier, &w->from, &w->shown.checkpoint, w->spool, e))
		return e->kind == ERR_MISMATCH ? other_root(w, e) : false;
	return note_quorum_check(&found, &w->shown.signatures, &w->shown.checkpoint, &w->trust, e);
}

/* ---- entries ---- */

static bool is_settled(const struct log_entry *x)
{
	return x->standing == LOG_REBUILT || x->standing == LOG_NO_VALUES;
}

/* A log_follow_entry: one that is new. */
static bool see_new(void *ctx, uint64_t number, struct span entry, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(STATEMENT_MEMORY_MAX);
	struct work *w = ctx;
	struct log_entry x;

	if (!log_own_judge(&x, w->own, entry, a, e))
		return err_wrap(e, "entry %llu", (unsigned long long)number);
	log_monitor_report_entry(&w->report, number, &x);
	return is_settled(&x) || log_state_open_keep(w->state, number, entry, e);
}

static bool see_open(struct work *w, uint64_t number, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(STATEMENT_MEMORY_MAX);
	CLEANUP(buf_done) struct buf entry = { 0 };
	struct log_entry x;

	if (!log_state_open_read(&entry, w->state, number, e))
		return false;
	if (!log_own_judge(&x, w->own, buf_span(&entry), a, e))
		return err_wrap(e, "entry %llu", (unsigned long long)number);
	log_monitor_report_entry(&w->report, number, &x);
	return !is_settled(&x) || log_state_open_drop(w->state, number, e);
}

static bool see_all(struct work *w, uint64_t old_size, struct err *e)
{
	CLEANUP(mem_free) uint64_t *open = NULL;
	size_t n;

	if (!log_state_open_list(&open, &n, w->state, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!see_open(w, open[i], e))
			return false;
	return log_follow_each(w->spool, old_size, w->frontier.size - old_size, see_new, w, e);
}

static bool monitor(struct work *w, int *code, struct err *e)
{
	const struct checkpoint *c = &w->shown.checkpoint;
	uint64_t old_size;
	const char *place;
	size_t n;

	if (!begin(w, e) || !follow(w, e)) {
		/* A log that answers and is wrong, rather than no answer. */
		if (e->kind == ERR_MISMATCH || e->kind == ERR_SIGNATURE)
			*code = VERB_NO;
		return false;
	}
	old_size = log_state_frontier(w->state).size;
	log_monitor_report_begin(&w->report, verb_flag(w->args, "--json"), c, old_size);
	if (!see_all(w, old_size, e) || !log_state_conflicts(&n, &place, w->state, e) ||
		!log_monitor_report_end(&w->report, c, old_size, n, place, e) ||
		!log_state_keep(w->state, &w->shown, &w->frontier, e))
		return false;
	if (n || log_monitor_report_open(&w->report)) {
		*code = VERB_NO;
		verb_hint(
			n ? "deal with the evidence and remove its folder; a log that did this is "
			    "not to be believed"
			  : "rebuild what is open and name the statements with --rebuilt; the "
			    "entries are in the folder open of the state");
	}
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(work_done)
	struct work w = {
		.args = args, .a = arena_new(MEMORY_MAX), .from = { .folder = -1 }, .spool = -1
	};

	return monitor(&w, code, e);
}

static const struct verb_option options[] = {
	{ "--state", "DIR", "where what was seen is kept from run to run", false },
	{ "--rebuilt", "FILE", "a statement of one's own rebuild", true },
	LOG_TRUST_OPTIONS,
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_log_monitor = {
	.name = "log monitor",
	.summary = "follow a transparency log; list what one has not rebuilt",
	.usage = "FOLDER|URL",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay log monitor https://example.org/log --state seen",
	.run = run,
};
