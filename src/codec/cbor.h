/*
 * CBOR (RFC 8949) as a value, and the one deterministic way in which we write it (section 4.2.1).
 *
 * Reading takes one well-formed item and nothing behind it: definite and indefinite lengths, numbers in any length of
 * theirs, text only as UTF-8, at most CBOR_DEPTH_MAX levels. Keys of maps are integers and strings, and none stands
 * twice: no format that is read here has others. What a tag or a simple value means is its reader's business.
 * Writing is without state: a head says how many items follow, and the caller writes them, keys of a map in order.
 */
#ifndef ASSAY_CODEC_CBOR_H
#define ASSAY_CODEC_CBOR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* A key is compared with all of its map: their number bounds what that costs. */
enum { CBOR_DEPTH_MAX = 32, CBOR_MEMBERS_MAX = 512, CBOR_SIZE_MAX = 16 << 20 };

/* The first seven are the major types 0 to 6 of section 3.1; the last two are both type 7. */
enum cbor_kind {
	CBOR_UINT,
	CBOR_NEGATIVE, /* -1 - number */
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_TAG,
	CBOR_SIMPLE, /* number 20 false, 21 true, 22 null, 23 undefined, others as they are */
	CBOR_FLOAT,  /* number: its bits; n: 2, 4 or 8 bytes of them */
};

enum { CBOR_FALSE = 20, CBOR_TRUE = 21, CBOR_NULL = 22, CBOR_UNDEFINED = 23 };

struct cbor {
	enum cbor_kind kind;
	uint64_t number;   /* UINT, NEGATIVE, TAG, SIMPLE, FLOAT */
	struct span bytes; /* BYTES, TEXT: borrowed from the input where it is in one piece */
	const struct cbor
		*items; /* ARRAY: n; MAP: 2 n, key and value in turn; TAG: what is tagged */
	size_t n;
	struct span whole; /* all bytes of the item in the input, borrowed */
};

/* All memory of values from a; borrows bytes. Fails: FORMAT with the offset, LIMIT. */
bool cbor_parse(struct cbor *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

/* The value of a key in a map, or NULL (also when o is NULL or no map). */
const struct cbor *cbor_get(const struct cbor *o, int64_t key);
const struct cbor *cbor_get_text(const struct cbor *o, const char *key);
/* The same, and it must be there and of this kind: FORMAT "WHAT: member KEY is missing" or "... is no map". */
bool cbor_need(const struct cbor **ret, const struct cbor *o, int64_t key, enum cbor_kind kind,
	const char *what, struct err *e) MUST_CHECK;
/* v is an integer in int64_t. */
bool cbor_int(const struct cbor *v, int64_t *ret) MUST_CHECK;
bool cbor_is_null(const struct cbor *v);
/* v without its tags, however many. */
const struct cbor *cbor_untagged(const struct cbor *v);
struct str cbor_str(const struct cbor *v); /* of a TEXT */
/*
 * A parsed value in nearly one form: every head is the shortest, and only maps may stand without a length, as some encoders
 * have them. The order of keys is free. Fails: FORMAT with the offset in v.
 */
bool cbor_check_form(const struct cbor *v, struct err *e) MUST_CHECK;
/* "map", "text", for messages. */
const char *cbor_kind_name(enum cbor_kind kind);

/* ---- writing, each with the shortest head ---- */

void cbor_put_uint(struct buf *b, uint64_t v);
void cbor_put_int(struct buf *b, int64_t v);
void cbor_put_bytes(struct buf *b, struct span s);
void cbor_put_text(struct buf *b, struct str s); /* of valid UTF-8 */
void cbor_put_array(struct buf *b, uint64_t n);  /* n items follow */
void cbor_put_map(struct buf *b, uint64_t n);    /* n keys and values follow */
void cbor_put_tag(struct buf *b, uint64_t tag);  /* an item follows */
void cbor_put_bool(struct buf *b, bool v);
void cbor_put_null(struct buf *b);
/* A value that was read: definite lengths, shortest heads, keys sorted; floats in the length that they had. */
void cbor_put_value(struct buf *b, const struct cbor *v);

#endif
