#include "log/log_folder_inside.h"
#include "log/log_reader.h"
#include "sys/file.h"
#include "base/banned.h"

/* ---- the promise ---- */

static bool same_tree(const struct checkpoint *a, const struct checkpoint *b)
{
	return a->size == b->size && merkle_equal(&a->root, &b->root);
}

/* *ret is now where nothing was promised yet, and nothing was signed. text keeps what *ret borrows. */
static bool read_promise(
	struct checkpoint *ret, struct buf *text, const struct log_folder *l, struct err *e)
{
	struct checkpoint c;

	if (!file_read(l->private_folder, "signed", SIGNED_NOTE_SIZE_MAX, text, e)) {
		if (e->kind != ERR_NOTFOUND || l->now.size || l->note.n)
			return err_wrap(e, "'%s/.log'", l->path);
		*ret = l->now;
		return true;
	}
	if (!checkpoint_parse(&c, buf_str(text), e))
		return err_wrap(e, "'%s/.log/signed'", l->path);
	if (!str_equal(c.origin, l->key.name))
		return err_set(e, ERR_MISMATCH, "'%s/.log/signed' is of another log", l->path);
	*ret = c;
	return true;
}

static bool refuse(const struct log_folder *l, const struct checkpoint *promised,
	const struct checkpoint *other, struct err *e)
{
	err_set(e, ERR_MISMATCH,
		"log '%s' has signed a tree of %llu entries, and would now sign another history, of %llu",
		l->path, (unsigned long long)promised->size, (unsigned long long)other->size);
	return err_hint(e,
		"the folder was put back from a copy, or changed: put back all that it held, or begin "
		"a log with another origin and key");
}

/* ---- signing ---- */

static bool check_tiles(const struct log_folder *l, const struct checkpoint *next, struct err *e)
{
	CLEANUP(log_reader_freep)
	struct log_reader *r = log_reader_new(&l->source, next->size);
	struct merkle_proof proof;
	struct merkle_hash root;

	if (!merkle_root(&root, next->size, log_reader_hash, r, e))
		return false;
	if (!merkle_equal(&root, &next->root))
		return err_set(e, ERR_MISMATCH,
			"log '%s': its tiles are not those of the tree of %llu entries", l->path,
			(unsigned long long)next->size);
	return merkle_prove_consistency(&proof, l->now.size, next->size, log_reader_hash, r, e) &&
	       (merkle_check_consistency(
			l->now.size, &l->now.root, next->size, &next->root, &proof, e) ||
		       refuse(l, &l->now, next, e));
}

/* The log's own signature, and those of others that the same text has already. */
static bool sign(struct buf *note, struct str text, const struct log_folder *l,
	const struct private_key *key, struct err *e)
{
	buf_add_str(note, text);
	buf_u8(note, '\n');
	if (!signed_note_sign(note, text, &l->key, key, 0, e))
		return false;
	if (l->signatures && str_equal(l->signatures->text, text))
		log_folder_put_others(note, l);
	return buf_ok(note) || buf_full(note, "the checkpoint", e);
}

bool log_folder_publish(struct log_folder *l, const struct checkpoint *next,
	const struct private_key *key, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(buf_done) struct buf promise = { 0 };
	struct checkpoint promised;

	if (!read_promise(&promised, &promise, l, e))
		return false;
	if (next->size < l->now.size || next->size < promised.size ||
		(next->size == promised.size && !same_tree(next, &promised)))
		return refuse(l, &promised, next, e);
	if (!check_tiles(l, next, e))
		return false;
	checkpoint_emit(&text, next);
	if (!log_folder_put(l, l->private_folder, "signed", buf_span(&text), true, e) ||
		!sign(&note, buf_str(&text), l, key, e))
		return false;
	return log_folder_put(l, l->source.folder, "checkpoint", buf_span(&note), true, e) &&
	       log_folder_reload(l, e);
}

bool log_folder_fulfil(struct log_folder *l, const struct private_key *key, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct checkpoint promised;

	if (!read_promise(&promised, &text, l, e))
		return false;
	if (!l->note.n && !text.n) {
		err_set(e, ERR_NOTFOUND,
			"the log '%s' has neither a checkpoint nor a promise of one", l->path);
		return err_hint(e,
			"`assay log init` ends what it began; a log that has lost both signs "
			"nothing any more");
	}
	if (same_tree(&promised, &l->now))
		return l->note.n || log_folder_publish(l, &promised, key, e);
	if (promised.size <= l->now.size)
		return refuse(l, &promised, &l->now, e);
	return log_folder_publish(l, &promised, key, e);
}
