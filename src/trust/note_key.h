/*
 * Keys of signed notes (C2SP signed-note) in their text form, "NAME+ID+KEY": a name without white space and '+', the key's
 * id in eight hex digits, and base64 of a type byte and the public key. The id is the first four bytes, big-endian, of
 * SHA-256(NAME "\n" TYPE KEY): it follows from the rest and is checked.
 *
 * Types here: 0x01, Ed25519, and 0x04, Ed25519 cosignatures with a time (C2SP tlog-cosignature). Another type is refused by its
 * name: ML-DSA's (0x06) will stand beside these when libcrypto has it (the table in note_key.c says where).
 */
#ifndef ASSAY_TRUST_NOTE_KEY_H
#define ASSAY_TRUST_NOTE_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	NOTE_KEY_NAME_MAX = 255,
	NOTE_KEY_SIZE = 32, /* of an Ed25519 key */
	NOTE_KEY_TEXT_MAX = NOTE_KEY_NAME_MAX + 1 + 8 + 1 +
			    1752, /* a key of ML-DSA-44, to say so */
};

enum note_key_type { NOTE_KEY_ED25519 = 0x01, NOTE_KEY_COSIGNATURE = 0x04 };

struct note_key {
	struct str name; /* borrowed */
	enum note_key_type type;
	uint32_t id;
	uint8_t bytes[NOTE_KEY_SIZE];
};

/* Borrows the name from text. Fails: FORMAT (what is wrong with which part, an id that is not the key's). */
bool note_key_parse(struct note_key *ret, struct str text, struct err *e) MUST_CHECK;
/* The same from its parts; the id is computed. Fails: FORMAT for a name that is none. */
bool note_key_of(struct note_key *ret, struct str name, enum note_key_type type,
	const uint8_t bytes[static NOTE_KEY_SIZE], struct err *e) MUST_CHECK;
void note_key_write(struct buf *out, const struct note_key *k);
/* 1 to NOTE_KEY_NAME_MAX characters of UTF-8, none of them white space, a control character or '+'. */
bool note_key_name_ok(struct str name);

#endif
