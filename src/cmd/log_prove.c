/* assay log prove: that a log holds an entry, as one file that verifies without a network. */
#include <stdio.h>

#include "cmd/verbs.h"
#include "log/log_note.h"
#include "log/log_prove.h"
#include "sys/file.h"
#include "trust/tlog_proof.h"
#include "trust/tlog_tile.h"
#include "base/banned.h"

enum { MEMORY_MAX = 1 << 20 };

/* Which entry is meant: its number, or the file that it is. */
static bool find(uint64_t *ret, const struct log_source *from, const struct checkpoint *c,
	const struct verb_args *args, struct err *e)
{
	const char *number = verb_arg(args, 1), *file = verb_value(args, "--entry");
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct merkle_hash leaf;

	if (!number == !file) {
		err_set(e, ERR_USAGE, "wanted is the number of an entry, or --entry with its file");
		return err_hint(e, "`assay log add` printed the number");
	}
	if (number && !str_u64(str_of(number), ret, MERKLE_SIZE_MAX))
		return err_set(e, ERR_USAGE, "'%s' is no number of an entry", number);
	if (number && *ret >= c->size)
		return err_set(e, ERR_USAGE, "the log has %llu entries, from 0 on; there is no %s",
			(unsigned long long)c->size, number);
	if (number)
		return true;
	if (!file_read(AT_FDCWD, file, TLOG_TILE_ENTRY_MAX, &bytes, e))
		return false;
	leaf = merkle_leaf(buf_span(&bytes));
	return log_prove_find(ret, from, c->size, &leaf, e);
}

static bool write_proof(const struct buf *proof, const struct verb_args *args, struct err *e)
{
	const char *to = verb_value(args, "--output");

	if (!buf_ok(proof))
		return buf_full(proof, "the proof", e);
	if (to)
		return file_write(AT_FDCWD, to, buf_span(proof), 0644, e);
	return fwrite(proof->p, 1, proof->n, stdout) == proof->n ||
	       err_os(e, "cannot write the proof");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(buf_done) struct buf out = buf_init(TLOG_PROOF_SIZE_MAX);
	CLEANUP(log_note_done) struct log_note note = { 0 };
	CLEANUP(log_source_done) struct log_source from = { .folder = -1 };
	struct merkle_proof proof;
	struct merkle_hash leaf;
	uint64_t at = 0;

	(void)code;
	if (!log_source_open(&from, verb_arg(args, 0), e) || !log_note_read(&note, &from, a, e) ||
		!find(&at, &from, &note.checkpoint, args, e) ||
		!log_prove_inclusion(&proof, &leaf, &from, &note.checkpoint, at, e))
		return false;
	tlog_proof_emit(&out, span_make(NULL, 0), at, &proof, buf_span(&note.bytes));
	if (!write_proof(&out, args, e))
		return false;
	if (verb_value(args, "--output"))
		verb_say(args, "entry %llu of %llu of '%.*s': %s", (unsigned long long)at,
			(unsigned long long)note.checkpoint.size, STR_ARG(note.checkpoint.origin),
			verb_value(args, "--output"));
	return true;
}

static const struct verb_option options[] = {
	{ "--entry", "FILE", "the entry that this file is", false },
	{ "--output", "FILE", "write the proof here (standard output)", false },
	{ 0 },
};

const struct verb cmd_log_prove = {
	.name = "log prove",
	.summary = "prove that a transparency log holds an entry",
	.usage = "FOLDER|URL [INDEX]",
	.min_args = 1,
	.max_args = 2,
	.options = options,
	.example = "assay log prove log --entry s.dsse.json -o s.tlog-proof",
	.run = run,
};
