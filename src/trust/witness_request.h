/*
 * What a log asks of a witness (C2SP tlog-witness, add-checkpoint): the body of a POST,
 *
 *   old N                      size of the tree that the witness saw last, 0 for none
 *   BASE64                     hashes of the consistency proof from that size to the checkpoint's, at most 63 lines
 *
 *   checkpoint, a signed note
 *
 * and what a witness decides about it. Nothing is kept here: what the witness saw last is an argument.
 */
#ifndef ASSAY_TRUST_WITNESS_REQUEST_H
#define ASSAY_TRUST_WITNESS_REQUEST_H

#include "trust/checkpoint.h"
#include "trust/signed_note.h"
#include "trust/trust_logs.h"

enum {
	WITNESS_REQUEST_PROOF_MAX = 63, /* lines */
	WITNESS_REQUEST_SIZE_MAX = SIGNED_NOTE_SIZE_MAX + (4 << 10),
	WITNESS_REQUEST_ARENA = 512 << 10, /* is enough for any */
};

/* Borrows the bytes, or memory of the arena. */
struct witness_request {
	uint64_t old_size;
	struct merkle_proof proof;
	struct span note; /* as it stands */
	struct signed_note signatures;
	struct checkpoint checkpoint;
};

/* Fails: FORMAT with the line, LIMIT. Nothing is verified. */
bool witness_request_parse(
	struct witness_request *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;
/* LIMIT for a proof of more than WITNESS_REQUEST_PROOF_MAX hashes. */
bool witness_request_emit(struct buf *out, uint64_t old_size, const struct merkle_proof *proof,
	struct span note, struct err *e) MUST_CHECK;

/* Each is the status of the HTTP answer that says it. */
enum witness_answer {
	WITNESS_MALFORMED = 400, /* an old size above the checkpoint's */
	WITNESS_UNSIGNED = 403,  /* the log's key did not sign it, or not rightly */
	WITNESS_UNKNOWN = 404,   /* the witness does not know the log */
	WITNESS_CONFLICT = 409,  /* it saw another size last; the answer is that size */
	WITNESS_FORKED = 422,    /* what it saw last is not shown to be part of this */
	WITNESS_COSIGNS = 200,
	WITNESS_BROKEN = 500, /* it cannot answer now: not decided here */
};

/*
 * What a witness says that knows these logs (several keys for one origin: each is good) and saw `seen` last of the request's origin; NULL: nothing yet. *why, but for COSIGNS, says it in one line.
 */
enum witness_answer witness_request_decide(const struct witness_request *r,
	const struct trust_log *logs, size_t n_logs, const struct checkpoint *seen,
	struct err *why);

#endif
