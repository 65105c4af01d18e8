/* assay log checkpoint: what a log has signed last; signed anew with --resign, cosigned with --witness. */
#include <stdio.h>

#include "base/hex.h"
#include "cmd/line.h"
#include "cmd/log_key.h"
#include "cmd/log_witness.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "log/log_note.h"
#include "base/banned.h"

#define LOG_CHECKPOINT_FORMAT "assay.log-checkpoint/1"
enum { JSON_MAX = 1 << 20, MEMORY_MAX = 1 << 20 };

static void print_text(const struct log_note *n)
{
	char root[2 * MERKLE_HASH_SIZE + 1];

	hex_write(root, n->checkpoint.root.bytes, MERKLE_HASH_SIZE);
	line_print(stdout, "origin  %.*s", STR_ARG(n->checkpoint.origin));
	line_print(stdout, "size    %llu", (unsigned long long)n->checkpoint.size);
	line_print(stdout, "root    %s", root);
	for (size_t i = 0; i < n->signatures.n; i++)
		line_print(stdout, "signed  %.*s (key %08x)", STR_ARG(n->signatures.lines[i].name),
			(unsigned)n->signatures.lines[i].id);
}

static bool print_json(const struct log_note *n, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&out);

	json_object(&w);
	json_put_cstr(&w, "format", LOG_CHECKPOINT_FORMAT);
	json_put_str(&w, "origin", n->checkpoint.origin);
	json_put_uint(&w, "size", n->checkpoint.size);
	json_put_hex(&w, "root", SPAN_OF(n->checkpoint.root.bytes));
	json_key(&w, "signatures");
	json_array(&w);
	for (size_t i = 0; i < n->signatures.n; i++) {
		char id[9];

		snprintf(id, sizeof id, "%08x", (unsigned)n->signatures.lines[i].id);
		json_object(&w);
		json_put_str(&w, "name", n->signatures.lines[i].name);
		json_put_cstr(&w, "key-id", id);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_put_str(&w, "note", buf_str(&n->bytes));
	json_end_object(&w);
	if (!buf_ok(&out))
		return buf_full(&out, "the result", e);
	return fwrite(out.p, 1, out.n, stdout) == out.n || err_os(e, "cannot write the result");
}

/* Whatever was left undone is done, and the log's signature is made anew. */
static bool resign(const struct verb_args *args, struct err *e)
{
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	CLEANUP(log_folder_freep) struct log_folder *l = NULL;

	return log_folder_open(&l, verb_arg(args, 0), e) && log_key_of(&key, l, args, e) &&
	       log_folder_lock(l, key, e) && log_folder_resign(l, key, e);
}

static bool cosign(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(log_folder_freep) struct log_folder *l = NULL;

	return log_folder_open(&l, verb_arg(args, 0), e) && log_witness_cosign(l, args, code, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(log_note_done) struct log_note note = { 0 };
	CLEANUP(log_source_done) struct log_source from = { .folder = -1 };

	if (verb_flag(args, "--resign") && !resign(args, e))
		return false;
	if (verb_value(args, "--witness") && !cosign(args, code, e))
		return false;
	if (!log_source_open(&from, verb_arg(args, 0), e) || !log_note_read(&note, &from, a, e))
		return false;
	if (verb_flag(args, "--json"))
		return print_json(&note, e);
	print_text(&note);
	return true;
}

static const struct verb_option options[] = {
	{ "--resign", NULL, "sign it again; finishes what a crash left undone", false },
	{ "--key", "FILE", "the log's private key (the one of assay log init)", false },
	LOG_WITNESS_OPTIONS,
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_log_checkpoint = {
	.name = "log checkpoint",
	.summary = "show a transparency log's checkpoint, or have it cosigned",
	.usage = "FOLDER|URL",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay log checkpoint log --witness https://witness.example",
	.run = run,
};
