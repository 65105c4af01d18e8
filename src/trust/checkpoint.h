/*
 * Checkpoints of transparency logs (C2SP tlog-checkpoint): the text of a signed note
 *
 *   ORIGIN \n  SIZE, decimal \n  ROOT, base64 of 32 bytes \n  further lines, none of them empty
 *
 * Whose signature a checkpoint carries is signed_note.h's business.
 */
#ifndef ASSAY_TRUST_CHECKPOINT_H
#define ASSAY_TRUST_CHECKPOINT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "trust/merkle.h"

enum { CHECKPOINT_ORIGIN_MAX = 255 };

struct checkpoint {
	struct str origin; /* borrowed */
	uint64_t size;
	struct merkle_hash root;
	bool extended; /* further lines follow: what they say is not known here */
};

/* The text of a note, with its last line break. Fails: FORMAT with the line. */
bool checkpoint_parse(struct checkpoint *ret, struct str text, struct err *e) MUST_CHECK;
/* Three lines. */
void checkpoint_emit(struct buf *out, const struct checkpoint *c);

#endif
