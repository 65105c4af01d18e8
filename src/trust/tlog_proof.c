#include "trust/tlog_proof.h"

#include <inttypes.h>

#include "codec/base64.h"
#include "base/banned.h"

static const char magic[] = "c2sp.org/tlog-proof@v1";

static bool read_extra(struct tlog_proof *p, struct str line, struct arena *a, struct err *e)
{
	if (!base64_read(&p->extra, line, BASE64_STANDARD, a, e))
		return false;
	if (p->extra.n > TLOG_PROOF_EXTRA_MAX)
		return err_set(e, ERR_LIMIT, "extra data of %zu bytes, limit %d", p->extra.n,
			TLOG_PROOF_EXTRA_MAX);
	return true;
}

static bool read_hash(struct tlog_proof *p, struct str line, struct arena *a, struct err *e)
{
	struct span bytes;

	if (p->inclusion.n == MERKLE_PROOF_MAX)
		return err_set(e, ERR_LIMIT, "more than %d hashes", MERKLE_PROOF_MAX);
	if (!base64_read(&bytes, line, BASE64_STANDARD, a, e))
		return false;
	if (bytes.n != MERKLE_HASH_SIZE)
		return err_set(
			e, ERR_FORMAT, "a hash of %zu bytes, want %d", bytes.n, MERKLE_HASH_SIZE);
	memcpy(p->inclusion.hashes[p->inclusion.n++].bytes, bytes.p, MERKLE_HASH_SIZE);
	return true;
}

/* "KEY VALUE" at the head of *rest; false without it, and nothing is taken. */
static bool take(struct str *value, struct str *rest, const char *key)
{
	struct str line, behind;
	size_t n = strlen(key);

	(void)str_cut(*rest, '\n', &line, &behind);
	if (!str_starts(line, key))
		return false;
	*value = str_make(line.p + n, line.n - n);
	*rest = behind;
	return true;
}

static bool read_head(struct tlog_proof *p, struct str *rest, struct arena *a, struct err *e)
{
	struct str line;

	if (!take(&line, rest, magic) || line.n)
		return err_set(e, ERR_FORMAT, "its first line is not '%s'", magic);
	if (take(&line, rest, "extra ") && !read_extra(p, line, a, e))
		return err_wrap(e, "extra data");
	if (!take(&line, rest, "index ") || !str_u64(line, &p->index, MERKLE_SIZE_MAX))
		return err_set(e, ERR_FORMAT, "there is no line 'index NUMBER'");
	return true;
}

bool tlog_proof_parse(struct tlog_proof *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct str rest = str_make((const char *)bytes.p, bytes.n);
	struct tlog_proof *p = ARENA_NEW(a, struct tlog_proof);

	if (!p)
		return arena_full(a, e);
	if (bytes.n > TLOG_PROOF_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "log proof is %zu bytes, limit %d", bytes.n,
			TLOG_PROOF_SIZE_MAX);
	if (!read_head(p, &rest, a, e))
		return err_wrap(e, "log proof");
	for (;;) {
		struct str line;

		if (!str_cut(rest, '\n', &line, &rest))
			return err_set(e, ERR_FORMAT, "log proof: there is no checkpoint");
		if (!line.n)
			break;
		if (!read_hash(p, line, a, e))
			return err_wrap(e, "log proof: hash %zu", p->inclusion.n + 1);
	}
	p->note = str_span(rest);
	if (!signed_note_parse(&p->signatures, p->note, a, e) ||
		!checkpoint_parse(&p->checkpoint, p->signatures.text, e))
		return err_wrap(e, "log proof");
	*ret = *p;
	return true;
}

void tlog_proof_emit(struct buf *out, struct span extra, uint64_t index,
	const struct merkle_proof *inclusion, struct span note)
{
	buf_printf(out, "%s\n", magic);
	if (extra.p) {
		buf_add_cstr(out, "extra ");
		base64_add(out, extra, BASE64_STANDARD);
		buf_u8(out, '\n');
	}
	buf_printf(out, "index %" PRIu64 "\n", index);
	for (size_t i = 0; i < inclusion->n; i++) {
		base64_add(out, SPAN_OF(inclusion->hashes[i].bytes), BASE64_STANDARD);
		buf_u8(out, '\n');
	}
	buf_u8(out, '\n');
	buf_add(out, note.p, note.n);
}

bool tlog_proof_check(
	const struct tlog_proof *p, struct span entry, const struct note_key *log, struct err *e)
{
	struct merkle_hash leaf = merkle_leaf(entry);

	if (!str_equal(p->checkpoint.origin, log->name))
		return err_set(e, ERR_MISMATCH, "log proof: it is of log '%.*s', want '%.*s'",
			STR_ARG(p->checkpoint.origin), STR_ARG(log->name));
	return (signed_note_check(&p->signatures, log, NULL, e) &&
		       merkle_check_inclusion(&leaf, p->index, p->checkpoint.size, &p->inclusion,
			       &p->checkpoint.root, e)) ||
	       err_wrap(e, "log proof");
}
