/* assay archive: every input of a lock in one folder, which --mirror takes and a build needs nothing beside. */
#include <stdio.h>

#include "base/hex.h"
#include "build/input_archive.h"
#include "build/input_tree.h"
#include "cmd/fetch.h"
#include "cmd/fetch_chain.h"
#include "cmd/line.h"
#include "cmd/lock_access.h"
#include "cmd/verbs.h"
#include "base/banned.h"

enum { MEGABYTE = 1000000 };

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
	.summary = "write every input of a lock to a folder that --mirror takes",
	.usage = "OUT_DIR [DIR]",
	.min_args = 1,
	.max_args = 2,
	.options = options,
	.example = "assay archive hello.archive examples/hello",
	.run = run,
};
