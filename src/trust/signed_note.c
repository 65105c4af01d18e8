#include "trust/signed_note.h"

#include <inttypes.h>

#include "codec/base64.h"
#include "codec/utf8.h"
#include "trust/ed25519.h"
#include "base/banned.h"

enum { ID_SIZE = 4, TIME_SIZE = 8, COSIGNED_HEAD_MAX = 64 };
static const char dash[] = "\xe2\x80\x94 ";

static bool clean(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' && text.p[i] != '\n')
			return false;
	return utf8_valid(text);
}

/* The empty line: the last "\n\n" of the note, of which the first break is the text's own. */
static bool cut(struct str *text, struct str *rest, struct str all)
{
	for (size_t i = all.n; i-- > 1;)
		if (all.p[i] == '\n' && all.p[i - 1] == '\n') {
			*text = str_make(all.p, i);
			*rest = str_make(all.p + i + 1, all.n - i - 1);
			return true;
		}
	return false;
}

static bool read_line(struct signed_note_line *ret, struct str line, struct arena *a, struct err *e)
{
	struct signed_note_line l;
	struct str base64;
	struct span bytes;

	if (!str_starts(line, dash) ||
		!str_cut(str_make(line.p + sizeof dash - 1, line.n - (sizeof dash - 1)), ' ',
			&l.name, &base64))
		return err_set(e, ERR_FORMAT, "want a dash, a name and a signature");
	if (!note_key_name_ok(l.name))
		return err_set(e, ERR_FORMAT, "the name of the key is none");
	if (!base64_read(&bytes, base64, BASE64_STANDARD, a, e))
		return false;
	if (bytes.n <= ID_SIZE)
		return err_set(e, ERR_FORMAT, "signature of %zu bytes", bytes.n);
	l.id = (uint32_t)bytes.p[0] << 24 | (uint32_t)bytes.p[1] << 16 | (uint32_t)bytes.p[2] << 8 |
	       bytes.p[3];
	l.signature = span_make(bytes.p + ID_SIZE, bytes.n - ID_SIZE);
	*ret = l;
	return true;
}

bool signed_note_parse(struct signed_note *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct str all = str_make((const char *)bytes.p, bytes.n), rest;
	struct signed_note *n = ARENA_NEW(a, struct signed_note);

	if (!n)
		return arena_full(a, e);
	if (bytes.n > SIGNED_NOTE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "signed note is %zu bytes, limit %d", bytes.n,
			SIGNED_NOTE_SIZE_MAX);
	if (!clean(all))
		return err_set(e, ERR_FORMAT,
			"signed note: it is not UTF-8, or holds a control character");
	if (!cut(&n->text, &rest, all) || !rest.n || rest.p[rest.n - 1] != '\n')
		return err_set(e, ERR_FORMAT,
			"signed note: want a text, an empty line, and lines with signatures");
	while (rest.n) {
		struct str line;

		(void)str_cut(rest, '\n', &line, &rest);
		if (n->n == SIGNED_NOTE_SIGNATURES_MAX)
			return err_set(e, ERR_LIMIT, "signed note: more than %d signatures",
				SIGNED_NOTE_SIGNATURES_MAX);
		if (!read_line(&n->lines[n->n], line, a, e))
			return err_wrap(e, "signed note: signature %zu", n->n + 1);
		n->n++;
	}
	*ret = *n;
	return true;
}

/* What a cosignature signs: its time, then the text. */
static void put_cosigned(struct buf *out, int64_t at_unix, struct str text)
{
	buf_printf(out, "cosignature/v1\ntime %" PRId64 "\n", at_unix);
	buf_add_str(out, text);
}

static bool check_cosignature(int64_t *at_unix, struct str text, const struct note_key *k,
	struct span signature, struct err *e)
{
	CLEANUP(buf_done) struct buf message = buf_init(SIGNED_NOTE_SIZE_MAX + COSIGNED_HEAD_MAX);
	uint64_t seconds = 0;

	if (signature.n != TIME_SIZE + ED25519_SIGNATURE_SIZE)
		return err_set(e, ERR_SIGNATURE, "cosignature of %zu bytes, want %d", signature.n,
			TIME_SIZE + ED25519_SIGNATURE_SIZE);
	for (size_t i = 0; i < TIME_SIZE; i++)
		seconds = seconds << 8 | signature.p[i];
	if (seconds > INT64_MAX)
		return err_set(e, ERR_SIGNATURE, "cosignature: its time is out of range");
	put_cosigned(&message, (int64_t)seconds, text);
	if (!buf_ok(&message))
		return buf_full(&message, "cosigned text", e);
	*at_unix = (int64_t)seconds;
	return ed25519_verify(k->bytes, buf_span(&message),
		span_make(signature.p + TIME_SIZE, ED25519_SIGNATURE_SIZE), e);
}

bool signed_note_check(
	const struct signed_note *n, const struct note_key *k, int64_t *at_unix, struct err *e)
{
	int64_t latest = 0;
	bool found = false;

	for (size_t i = 0; i < n->n; i++) {
		const struct signed_note_line *l = &n->lines[i];
		int64_t at = 0;
		bool ok;

		if (l->id != k->id || !str_equal(l->name, k->name))
			continue;
		ok = k->type == NOTE_KEY_COSIGNATURE
			     ? check_cosignature(&at, n->text, k, l->signature, e)
			     : ed25519_verify(k->bytes, str_span(n->text), l->signature, e);
		if (!ok)
			return err_wrap(e, "signed note: signature of '%.*s'", STR_ARG(k->name));
		latest = at > latest ? at : latest;
		found = true;
	}
	if (!found)
		return err_set(e, ERR_NOTFOUND, "signed note: there is no signature of '%.*s'",
			STR_ARG(k->name));
	if (at_unix)
		*at_unix = latest;
	return true;
}

static bool is_text(struct str text)
{
	return text.n && text.p[text.n - 1] == '\n' && clean(text) && text.n < SIGNED_NOTE_SIZE_MAX;
}

void signed_note_put(struct buf *out, const struct signed_note_line *l)
{
	CLEANUP(buf_done) struct buf bytes = buf_init(ID_SIZE + l->signature.n);

	buf_u32be(&bytes, l->id);
	buf_add(&bytes, l->signature.p, l->signature.n);
	buf_printf(out, "%s%.*s ", dash, STR_ARG(l->name));
	base64_add(out, buf_span(&bytes), BASE64_STANDARD);
	buf_u8(out, '\n');
}

bool signed_note_sign(struct buf *out, struct str text, const struct note_key *k,
	const struct private_key *key, int64_t at_unix, struct err *e)
{
	CLEANUP(buf_done) struct buf message = buf_init(SIGNED_NOTE_SIZE_MAX + COSIGNED_HEAD_MAX);
	CLEANUP(buf_done) struct buf line = buf_init(TIME_SIZE + ED25519_SIGNATURE_SIZE);
	uint8_t own[ED25519_KEY_SIZE];

	if (!is_text(text) || at_unix < 0)
		return err_set(e, ERR_USAGE, "what is to be signed is no text of a note");
	if (!private_key_ed25519(own, key, e))
		return false;
	if (!ct_equal(own, k->bytes, sizeof own))
		return err_set(
			e, ERR_MISMATCH, "the private key is not that of '%.*s'", STR_ARG(k->name));
	if (k->type == NOTE_KEY_COSIGNATURE) {
		buf_u64be(&line, (uint64_t)at_unix);
		put_cosigned(&message, at_unix, text);
	} else {
		buf_add_str(&message, text);
	}
	if (!buf_ok(&message))
		return buf_full(&message, "signed text", e);
	if (!private_key_sign(&line, key, buf_span(&message), e))
		return false;
	signed_note_put(out, &(struct signed_note_line){ k->name, k->id, buf_span(&line) });
	return buf_ok(out) || buf_full(out, "signed note", e);
}
