/* assay archive: every input of a lock in one folder, which --mirror takes and a build needs nothing beside. */
#include <stdio.h>

#include "base/hex.h"
#include "build/input_archive.h"
#include "build/input_tree.h"
#include "cmd/fetch.h"
#include "cmd/line.h"
#include "cmd/lock_access.h"
#include "cmd/verbs.h"
#include "base/banned.h"

enum { MEGABYTE = 1000000 };

/* The archive's answer, and nothing that went wrong here or on the way to it. */
static bool is_gone(const struct err *why)
{
	return why->kind == ERR_NOTFOUND || why->kind == ERR_MISMATCH;
}

/* An index has its digest as a name where the archive's Release promises that, else only its own name. */
static bool fetch_index(const struct archive_access *q, const struct lock *l,
	const struct lock_index *x, struct err *e)
{
	struct err why = { 0 };

	if (archive_fetch_index(q, &l->suites[x->suite], true, x, &why))
		return true;
	if (is_gone(&why))
		return archive_fetch_index(q, &l->suites[x->suite], false, x, e);
	*e = why;
	return false;
}

/* Without it the archive is written if it is gone and the user wants that, told why. */
static bool is_bearable(const struct verb_args *args, const char *what, struct str name,
	const struct err *why, struct err *e)
{
	if (is_gone(why) && verb_flag(args, "--unverifiable")) {
		line_print(stderr, "warning: %s '%.*s' is not at hand: %s", what, STR_ARG(name),
			why->text);
		return true;
	}
	*e = *why;
	err_wrap(e, "%s '%.*s' is not at hand", what, STR_ARG(name));
	if (is_gone(why))
		return err_hint(e,
			"lock afresh (assay lock --update), name a folder or mirror that still has it with --mirror, or "
			"write an archive from which `assay lock verify` will not work with --unverifiable");
	return e->hint[0] ? false : err_hint(e, "put that right and run the same command again");
}

static bool fetch_indexes(const struct verb_args *args, const struct archive_access *q,
	const struct lock *l, const struct lock_index *indexes, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (!fetch_index(q, l, &indexes[i], &why) &&
			!is_bearable(args, "the index", indexes[i].path, &why, e))
			return false;
	}
	return true;
}

/* What only `assay lock verify` reads. */
static bool fetch_chain(const struct verb_args *args, const struct archive_access *q,
	const struct lock *l, struct err *e)
{
	for (size_t i = 0; i < l->n_suites; i++) {
		struct err why = { 0 };

		if (!archive_fetch_release(q, &l->suites[i], &why) &&
			!is_bearable(args, "the InRelease of suite", l->suites[i].suite, &why, e))
			return false;
	}
	return fetch_indexes(args, q, l, l->indexes, l->n_indexes, e) &&
	       fetch_indexes(args, q, l, l->source_indexes, l->n_source_indexes, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *out = verb_arg(args, 0), *dir = verb_arg(args, 1) ? verb_arg(args, 1) : ".";
	CLEANUP(inputs_done) struct inputs in = { 0 };
	CLEANUP(lock_access_done) struct archive_access q = { 0 };
	CLEANUP(tree_freep) struct tree *t = tree_new(INPUT_TREE_MEMORY_MAX);
	char hex[2 * SHA256_SIZE + 1];
	struct input_archive done;
	size_t n_missing = 0;

	if (!inputs_read(&in, dir, e)) {
		if (e->kind == ERR_MISMATCH) /* a stale lock */
			*code = VERB_NO;
		return false;
	}
	if (!lock_access_open(&q, args, e) ||
		!fetch_inputs(args, q.store, &in.description, &in.lock, e) ||
		!fetch_chain(args, &q, &in.lock, e) ||
		!input_tree_make(t, &in, q.store,
			verb_flag(args, "--unverifiable") ? &n_missing : NULL, e) ||
		!input_archive_write(&done, t, in.source_date_epoch, out, e))
		return false;
	verb_say(args, "  %zu files written, %zu were there, %.1f MB", done.n_made, done.n_kept,
		(double)done.size / MEGABYTE);
	hex_write(hex, done.sums_sha256, SHA256_SIZE);
	printf("archive    %s  %s/%s: %zu files\n", hex, out, INPUT_ARCHIVE_SUMS, done.n_files);
	if (n_missing)
		line_print(stderr,
			"warning: %zu InRelease files or indexes are missing: assay lock verify cannot be answered from this archive",
			n_missing);
	return true;
}

static const struct verb_option options[] = {
	{ "--unverifiable", NULL, "go on without InRelease or indexes that are gone", false },
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--mirror", "URL", "fetch from here instead of apt's sources", true },
	{ 0 },
};

const struct verb cmd_archive = {
	.name = "archive",
	.summary = "write every input of the lock to a folder that --mirror takes",
	.usage = "OUT_DIR [DIR]",
	.min_args = 1,
	.max_args = 2,
	.options = options,
	.example = "assay archive hello.archive examples/hello",
	.run = run,
};
