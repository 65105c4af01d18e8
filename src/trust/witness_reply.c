#include "trust/witness_reply.h"

#include <inttypes.h>

#include "trust/checkpoint.h"
#include "base/banned.h"

bool witness_reply_parse_size(uint64_t *ret, struct span body, struct err *e)
{
	struct str line, rest;

	if (!str_cut(str_make((const char *)body.p, body.n), '\n', &line, &rest) || rest.n ||
		!str_u64(line, ret, MERKLE_SIZE_MAX))
		return err_set(e, ERR_FORMAT, "answer of a witness: it is no size of a tree");
	return true;
}

void witness_reply_emit_size(struct buf *out, uint64_t size)
{
	buf_printf(out, "%" PRIu64 "\n", size);
}

/* The key that a line names; n_keys for none. */
static size_t key_of(const struct signed_note_line *l, const struct note_key *keys, size_t n_keys)
{
	size_t i = 0;

	while (i < n_keys && !(keys[i].type == NOTE_KEY_COSIGNATURE && keys[i].id == l->id &&
				     str_equal(keys[i].name, l->name)))
		i++;
	return i;
}

/* Each line as a note of its own, so that what is appended is just what verified. */
static bool check_lines(struct buf *out, int64_t *by, struct str lines, const struct signed_note *n,
	const struct note_key *keys, size_t n_keys, struct err *e)
{
	struct signed_note one = { .text = n->text, .n = 1 };
	bool found = false;

	for (size_t i = 0; i < n->n; i++) {
		size_t k = key_of(&n->lines[i], keys, n_keys);
		struct str line;
		int64_t at = 0;

		(void)str_cut(lines, '\n', &line, &lines);
		if (k == n_keys)
			continue;
		one.lines[0] = n->lines[i];
		if (!signed_note_check(&one, &keys[k], &at, e))
			return false;
		if (by && at > by[k])
			by[k] = at;
		buf_add_str(out, line);
		buf_u8(out, '\n');
		found = true;
	}
	return found || err_set(e, ERR_NOTFOUND, "no signature is of a witness that was asked");
}

bool witness_reply_check(struct buf *out, int64_t *by, struct span body, struct str text,
	const struct note_key *keys, size_t n_keys, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(buf_done) struct buf lines = buf_init(WITNESS_REPLY_SIZE_MAX);
	struct signed_note *n = ARENA_NEW(a, struct signed_note);

	if (!n)
		return arena_full(a, e);
	if (body.n > WITNESS_REPLY_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "answer of a witness is %zu bytes, limit %d", body.n,
			WITNESS_REPLY_SIZE_MAX);
	buf_add_str(&note, text);
	buf_u8(&note, '\n');
	buf_add(&note, body.p, body.n);
	if (!buf_ok(&note))
		return buf_full(&note, "checkpoint with cosignatures", e);
	for (size_t i = 0; by && i < n_keys; i++)
		by[i] = 0;
	/* The text is the checkpoint's only when the body holds no empty line. */
	if (!signed_note_parse(n, buf_span(&note), a, e) ||
		(!str_equal(n->text, text) &&
			!err_set(e, ERR_FORMAT, "there is an empty line in it")) ||
		!check_lines(
			&lines, by, str_make((const char *)body.p, body.n), n, keys, n_keys, e))
		return err_wrap(e, "answer of a witness");
	buf_add(out, lines.p, lines.n);
	return true;
}
