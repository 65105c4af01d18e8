/*
 * That a log holds an entry, in one file that needs no network (C2SP tlog-proof):
 *
 *   c2sp.org/tlog-proof@v1
 *   extra BASE64               may be absent; nobody vouches for it
 *   index N
 *   BASE64                     hashes of the inclusion proof, one a line
 *
 *   checkpoint, a signed note
 */
#ifndef ASSAY_TRUST_TLOG_PROOF_H
#define ASSAY_TRUST_TLOG_PROOF_H

#include "trust/checkpoint.h"
#include "trust/signed_note.h"

enum { TLOG_PROOF_SIZE_MAX = SIGNED_NOTE_SIZE_MAX + (96 << 10), TLOG_PROOF_EXTRA_MAX = 64 << 10 };

/* Borrows the bytes, or memory of the arena. */
struct tlog_proof {
	struct span extra; /* p NULL: absent */
	uint64_t index;
	struct merkle_proof inclusion;
	struct span note; /* as it stands */
	struct signed_note signatures;
	struct checkpoint checkpoint;
};

/* Fails: FORMAT with the line, LIMIT. Nothing is verified. */
bool tlog_proof_parse(
	struct tlog_proof *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;
void tlog_proof_emit(struct buf *out, struct span extra, uint64_t index,
	const struct merkle_proof *inclusion, struct span note);

/*
 * The log with that key, whose origin is its name, signed the checkpoint, and the entry stands in its tree. Whether enough
 * witnesses signed it, too, is asked of the signatures. Fails: NOTFOUND, SIGNATURE, MISMATCH for another origin.
 */
bool tlog_proof_check(const struct tlog_proof *p, struct span entry, const struct note_key *log,
	struct err *e) MUST_CHECK;

#endif
