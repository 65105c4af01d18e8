/*
 * Signed notes (C2SP signed-note): a text of whole lines, an empty line, and a line for each signature:
 *
 *   "— " (U+2014, space) NAME SPACE base64(key id (4) || signature)
 *
 * What is signed is the text with its last line break. An Ed25519 key signs the text itself; a cosignature (C2SP
 * tlog-cosignature) is a time, u64 big-endian, and the signature over "cosignature/v1\ntime DECIMAL\n" and the text.
 *
 * Signatures by keys that the caller does not name are nobody's business; one by a key that he names must verify, or the
 * note is no note of that key.
 */
#ifndef ASSAY_TRUST_SIGNED_NOTE_H
#define ASSAY_TRUST_SIGNED_NOTE_H

#include "base/arena.h"
#include "trust/note_key.h"
#include "trust/private_key.h"

enum { SIGNED_NOTE_SIZE_MAX = 64 << 10, SIGNED_NOTE_SIGNATURES_MAX = 64 };

struct signed_note_line {
	struct str name;
	uint32_t id;
	struct span signature; /* behind the id */
};

/* Borrows the bytes; signatures in memory of the arena. */
struct signed_note {
	struct str text; /* with its last line break */
	struct signed_note_line lines[SIGNED_NOTE_SIGNATURES_MAX];
	size_t n;
};

/* Fails: FORMAT with the line, LIMIT. */
bool signed_note_parse(
	struct signed_note *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

/*
 * The key signed it: there is a line of its name and id, and each such line verifies. *at_unix, which may be NULL, gets the
 * latest time of a cosignature, 0 of another key. Fails: NOTFOUND without such a line, SIGNATURE.
 */
bool signed_note_check(const struct signed_note *n, const struct note_key *k, int64_t *at_unix,
	struct err *e) MUST_CHECK;

/* Appends a signature line as it stands in a note. */
void signed_note_put(struct buf *out, const struct signed_note_line *l);

/*
 * Appends a signature line for text by key, whose public half k is. at_unix: of a cosignature. Fails: MISMATCH when k is
 * another key's, USAGE for a text that is none, LIMIT, INTERNAL.
 */
bool signed_note_sign(struct buf *out, struct str text, const struct note_key *k,
	const struct private_key *key, int64_t at_unix, struct err *e) MUST_CHECK;

#endif
