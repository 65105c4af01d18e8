#include "log/log_folder_inside.h"
#include "base/banned.h"

enum { MEMORY_MAX = 1 << 20 };

static bool same_signer(const struct signed_note_line *a, const struct signed_note_line *b)
{
	return a->id == b->id && str_equal(a->name, b->name);
}

void log_folder_put_others(struct buf *out, const struct log_folder *l)
{
	const struct signed_note_line own = { .name = l->key.name, .id = l->key.id };

	for (size_t i = 0; i < l->signatures->n; i++)
		if (!same_signer(&l->signatures->lines[i], &own))
			signed_note_put(out, &l->signatures->lines[i]);
}

/* The text with these lines alone, as a note: so the lines are what a note's lines are. */
static bool read_lines(
	struct signed_note *ret, struct str text, struct str lines, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	struct str kept;

	buf_add_str(&note, text);
	buf_u8(&note, '\n');
	buf_add_str(&note, lines);
	if (!buf_ok(&note))
		return buf_full(&note, "the checkpoint with its cosignatures", e);
	kept = arena_str(a, buf_str(&note));
	if (!kept.p)
		return arena_full(a, e);
	if (!signed_note_parse(ret, str_span(kept), a, e))
		return false;
	return str_equal(ret->text, text) ||
	       err_set(e, ERR_FORMAT, "the cosignatures are not lines of signatures");
}

static bool has(const struct signed_note *n, const struct signed_note_line *s)
{
	for (size_t i = 0; i < n->n; i++)
		if (same_signer(&n->lines[i], s))
			return true;
	return false;
}

/* The lines of before, without those that have a new one, and the new ones. */
static bool merge(
	struct buf *out, const struct log_folder *l, const struct signed_note *more, struct err *e)
{
	const struct signed_note *before = l->signatures;
	const struct signed_note_line own = { .name = l->key.name, .id = l->key.id };
	size_t n = more->n;

	if (has(more, &own))
		return err_set(e, ERR_FORMAT, "a cosignature has the name of the log itself");
	buf_add_str(out, before->text);
	buf_u8(out, '\n');
	for (size_t i = 0; i < before->n; i++)
		if (!has(more, &before->lines[i])) {
			signed_note_put(out, &before->lines[i]);
			n++;
		}
	for (size_t i = 0; i < more->n; i++)
		signed_note_put(out, &more->lines[i]);
	if (n > SIGNED_NOTE_SIGNATURES_MAX)
		return err_set(e, ERR_LIMIT, "the checkpoint would have more than %d signatures",
			SIGNED_NOTE_SIGNATURES_MAX);
	return buf_ok(out) || buf_full(out, "the checkpoint with its cosignatures", e);
}

static bool cosign(struct log_folder *l, struct str text, struct str lines, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	struct signed_note more;

	if (!log_folder_reload(l, e))
		return false;
	if (!l->note.n || !str_equal(l->signatures->text, text)) {
		err_set(e, ERR_MISMATCH, "the log '%s' has another checkpoint by now", l->path);
		return err_hint(e, "ask the witnesses for the new one");
	}
	return read_lines(&more, text, lines, a, e) && merge(&note, l, &more, e) &&
	       log_folder_put(l, l->source.folder, "checkpoint", buf_span(&note), true, e) &&
	       log_folder_reload(l, e);
}

bool log_folder_cosign(struct log_folder *l, struct str text, struct str lines, struct err *e)
{
	CLEANUP(buf_done) struct buf kept = buf_init(SIGNED_NOTE_SIZE_MAX);
	bool ok;

	/* What the caller borrowed from this log goes when it is read anew. */
	buf_add_str(&kept, text);
	if (!buf_ok(&kept))
		return buf_full(&kept, "the checkpoint", e);
	if (!log_folder_wait(l, e))
		return false;
	ok = cosign(l, buf_str(&kept), lines, e);
	log_folder_unlock(l);
	return ok;
}
