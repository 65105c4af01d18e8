#include "trust/note_key.h"

#include "base/digest.h"
#include "base/hex.h"
#include "codec/base64.h"
#include "codec/utf8.h"
#include "base/banned.h"

/*
 * The types of keys that C2SP has given numbers. Those with a size are read here; the others are refused by their name. A key of
 * ML-DSA needs its size in this table (1312 bytes), room in struct note_key, and its branch in signed_note.c where
 * NOTE_KEY_COSIGNATURE has one.
 */
static const struct type {
	uint8_t number;
	const char *name;
	size_t size;
} types[] = {
	{ NOTE_KEY_ED25519, "Ed25519", NOTE_KEY_SIZE },
	{ 0x02, "ECDSA", 0 },
	{ NOTE_KEY_COSIGNATURE, "Ed25519 cosignatures", NOTE_KEY_SIZE },
	{ 0x05, "tree heads of RFC 6962", 0 },
	{ 0x06, "ML-DSA-44 cosignatures", 0 },
};

static const struct type *type_of(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].number == number)
			return &types[i];
	return NULL;
}

/* White space of Unicode beyond ASCII (the property White_Space). */
static bool is_space(uint32_t c)
{
	return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool note_key_name_ok(struct str name)
{
	struct str rest = name;

	if (!name.n || name.n > NOTE_KEY_NAME_MAX)
		return false;
	while (rest.n) {
		uint32_t c = 0;
		size_t n = utf8_read(rest, &c);

		if (!n || c <= ' ' || c == 0x7f || c == '+' || is_space(c))
			return false;
		rest = str_make(rest.p + n, rest.n - n);
	}
	return true;
}

static uint32_t id_of(struct str name, enum note_key_type type, const uint8_t *bytes)
{
	CLEANUP(buf_done) struct buf all = buf_init(NOTE_KEY_NAME_MAX + 2 + NOTE_KEY_SIZE);
	uint8_t sum[SHA256_SIZE];

	buf_add_str(&all, name);
	buf_u8(&all, '\n');
	buf_u8(&all, (uint8_t)type);
	buf_add(&all, bytes, NOTE_KEY_SIZE);
	sha256_of(sum, buf_span(&all));
	return (uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | sum[3];
}

bool note_key_of(struct note_key *ret, struct str name, enum note_key_type type,
	const uint8_t bytes[static NOTE_KEY_SIZE], struct err *e)
{
	struct note_key k = { .name = name, .type = type };

	if (!note_key_name_ok(name))
		return err_set(e, ERR_FORMAT,
			"'%.*s' is no name of a key: 1 to %d characters without white space and '+'",
			STR_ARG(name), NOTE_KEY_NAME_MAX);
	memcpy(k.bytes, bytes, sizeof k.bytes);
	k.id = id_of(name, type, bytes);
	*ret = k;
	return true;
}

static bool check_type(const struct type *t, struct str name, uint8_t number, struct err *e)
{
	if (t && t->size)
		return true;
	err_set(e, ERR_FORMAT,
		"key '%.*s' is of type 0x%02x (%s), which this assay does not know: want 0x01 or 0x04 (Ed25519)",
		STR_ARG(name), number, t ? t->name : "unheard of");
	return err_hint(e, "ask for the Ed25519 key of '%.*s', or take a newer assay",
		(int)(name.n < 80 ? name.n : 80), name.p);
}

/* The type byte and the key behind it. */
static bool read_bytes(struct note_key *k, struct str text, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4096);
	const struct type *t;
	struct span bytes;

	if (!a)
		return err_set(e, ERR_LIMIT, "key: no memory");
	if (!base64_read(&bytes, text, BASE64_STANDARD, a, e))
		return err_wrap(e, "key '%.*s'", STR_ARG(k->name));
	if (!bytes.n)
		return err_set(e, ERR_FORMAT, "key '%.*s' is empty", STR_ARG(k->name));
	t = type_of(bytes.p[0]);
	if (!check_type(t, k->name, bytes.p[0], e))
		return false;
	if (bytes.n != 1 + t->size)
		return err_set(e, ERR_FORMAT, "key '%.*s' is %zu bytes, want %zu", STR_ARG(k->name),
			bytes.n - 1, t->size);
	k->type = (enum note_key_type)t->number;
	memcpy(k->bytes, bytes.p + 1, NOTE_KEY_SIZE);
	return true;
}

bool note_key_parse(struct note_key *ret, struct str text, struct err *e)
{
	struct str name, id, key, rest;
	uint8_t said[4];
	struct note_key k = { 0 };

	if (text.n > NOTE_KEY_TEXT_MAX || !str_cut(text, '+', &name, &rest) ||
		!str_cut(rest, '+', &id, &key))
		return err_set(e, ERR_FORMAT, "'%.*s' is no key of a note, want NAME+ID+KEY",
			(int)(text.n < 80 ? text.n : 80), text.p ? text.p : "");
	if (id.n != 2 * sizeof said || !hex_read(id, said, sizeof said))
		return err_set(e, ERR_FORMAT, "key '%.*s': its id is eight lower-case hex digits",
			STR_ARG(name));
	k.name = name;
	if (!read_bytes(&k, key, e) || !note_key_of(&k, name, k.type, k.bytes, e))
		return false;
	if (k.id != ((uint32_t)said[0] << 24 | (uint32_t)said[1] << 16 | (uint32_t)said[2] << 8 |
			    said[3]))
		return err_set(e, ERR_FORMAT, "key '%.*s': its id is %08x, and it says %.*s",
			STR_ARG(name), k.id, STR_ARG(id));
	*ret = k;
	return true;
}

void note_key_write(struct buf *out, const struct note_key *k)
{
	uint8_t bytes[1 + NOTE_KEY_SIZE] = { (uint8_t)k->type };

	memcpy(bytes + 1, k->bytes, NOTE_KEY_SIZE);
	buf_printf(out, "%.*s+%08x+", STR_ARG(k->name), k->id);
	base64_add(out, SPAN_OF(bytes), BASE64_STANDARD);
}
