/* assay log consistency: that a tree of a log begins with an older one, for any two sizes. */
#include <stdio.h>

#include "base/hex.h"
#include "cmd/verbs.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "log/log_note.h"
#include "log/log_prove.h"
#include "base/banned.h"

#define LOG_CONSISTENCY_FORMAT "assay.log-consistency/1"
enum { JSON_MAX = 1 << 16, MEMORY_MAX = 1 << 20 };

static bool read_sizes(struct log_prove_trees *t, const struct checkpoint *c,
	const struct verb_args *args, struct err *e)
{
	const char *old_size = verb_arg(args, 1), *size = verb_arg(args, 2);

	t->size = c->size;
	if (!str_u64(str_of(old_size), &t->old_size, MERKLE_SIZE_MAX) ||
		(size && !str_u64(str_of(size), &t->size, MERKLE_SIZE_MAX)))
		return err_set(e, ERR_USAGE, "'%s' and '%s' are no sizes of a log", old_size,
			size ? size : "");
	return t->old_size <= t->size ||
	       err_set(e, ERR_USAGE, "the older size comes first: %s is more than %llu", old_size,
		       (unsigned long long)t->size);
}

static void put_tree(
	struct json_out *w, const char *key, uint64_t size, const struct merkle_hash *root)
{
	json_key(w, key);
	json_object(w);
	json_put_uint(w, "size", size);
	json_put_hex(w, "root", SPAN_OF(root->bytes));
	json_end_object(w);
}

static void put_json(struct buf *out, const struct log_prove_trees *t, const struct checkpoint *c)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", LOG_CONSISTENCY_FORMAT);
	json_put_str(&w, "origin", c->origin);
	put_tree(&w, "old", t->old_size, &t->old_root);
	put_tree(&w, "new", t->size, &t->root);
	json_key(&w, "proof");
	json_array(&w);
	for (size_t i = 0; i < t->proof.n; i++)
		json_hex(&w, SPAN_OF(t->proof.hashes[i].bytes));
	json_end_array(&w);
	json_end_object(&w);
}

static void put_text(struct buf *out, const struct log_prove_trees *t)
{
	buf_printf(out, "old  %llu  ", (unsigned long long)t->old_size);
	hex_add(out, SPAN_OF(t->old_root.bytes));
	buf_printf(out, "\nnew  %llu  ", (unsigned long long)t->size);
	hex_add(out, SPAN_OF(t->root.bytes));
	buf_u8(out, '\n');
	for (size_t i = 0; i < t->proof.n; i++) {
		base64_add(out, SPAN_OF(t->proof.hashes[i].bytes), BASE64_STANDARD);
		buf_u8(out, '\n');
	}
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(buf_done) struct buf out = buf_init(JSON_MAX);
	CLEANUP(log_note_done) struct log_note note = { 0 };
	CLEANUP(log_source_done) struct log_source from = { .folder = -1 };
	struct log_prove_trees t = { 0 };

	(void)code;
	if (!log_source_open(&from, verb_arg(args, 0), e) || !log_note_read(&note, &from, a, e) ||
		!read_sizes(&t, &note.checkpoint, args, e) ||
		!log_prove_consistency(&t, &from, &note.checkpoint, e))
		return false;
	if (verb_flag(args, "--json"))
		put_json(&out, &t, &note.checkpoint);
	else
		put_text(&out, &t);
	if (!buf_ok(&out))
		return buf_full(&out, "the proof", e);
	return fwrite(out.p, 1, out.n, stdout) == out.n || err_os(e, "cannot write the proof");
}

static const struct verb_option options[] = {
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_log_consistency = {
	.name = "log consistency",
	.summary = "prove that a transparency log began with an older one",
	.usage = "FOLDER|URL OLD-SIZE [SIZE]",
	.min_args = 2,
	.max_args = 3,
	.options = options,
	.example = "assay log consistency log 100",
	.run = run,
};
