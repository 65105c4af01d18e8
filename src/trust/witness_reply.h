/*
 * What a witness answers (C2SP tlog-witness, add-checkpoint): with status 200 one signature line or more, as they stand in
 * a signed note; with status 409 and the type text/x.tlog.size the size of the tree that it saw last, in decimal and a line
 * break.
 */
#ifndef ASSAY_TRUST_WITNESS_REPLY_H
#define ASSAY_TRUST_WITNESS_REPLY_H

#include "trust/signed_note.h"

enum {
	WITNESS_REPLY_SIZE_MAX = 16 << 10, /* of either */
	WITNESS_REPLY_ARENA = 512 << 10,   /* is enough for any, with the longest checkpoint */
};
#define WITNESS_REPLY_SIZE_TYPE "text/x.tlog.size"

/* Fails: FORMAT. */
bool witness_reply_parse_size(uint64_t *ret, struct span body, struct err *e) MUST_CHECK;
void witness_reply_emit_size(struct buf *out, uint64_t size);

/*
 * Cosignatures of the checkpoint with that text, a note's, by the witnesses with these keys: the lines of the body that
 * are theirs and verify are appended to out; those of other keys are left out. `by` (n_keys, may be NULL) gets for each
 * key the latest time of its cosignatures, 0 for none. Fails: FORMAT, LIMIT, SIGNATURE for a line of a key that does not
 * verify, NOTFOUND when no line is of any of them.
 */
bool witness_reply_check(struct buf *out, int64_t *by, struct span body, struct str text,
	const struct note_key *keys, size_t n_keys, struct arena *a, struct err *e) MUST_CHECK;

#endif
