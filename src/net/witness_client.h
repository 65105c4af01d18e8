/*
 * Asks a witness over HTTP to cosign a checkpoint of a log (C2SP tlog-witness, add-checkpoint). What a witness saw last is its
 * own business: when the size that is given is not that, it says which is, and is asked once more with the proof from
 * there.
 */
#ifndef ASSAY_NET_WITNESS_CLIENT_H
#define ASSAY_NET_WITNESS_CLIENT_H

#include "trust/merkle.h"
#include "trust/note_key.h"

enum {
	WITNESS_CLIENT_TIMEOUT_S = 20, /* for one exchange */
	WITNESS_CLIENT_TRIES = 3,      /* others may ask the same witness at the same time */
	WITNESS_CLIENT_LINES_MAX = 16 << 10,
};

struct witness_question {
	struct span note;   /* the checkpoint as its log signed it */
	uint64_t seen_size; /* a guess at what the witness saw last; 0 where nothing is known */
	/* The consistency proof between two sizes of this log; `of` is the caller's own. It fails as it likes. */
	bool (*prove)(struct merkle_proof *ret, uint64_t old_size, uint64_t size, void *of,
		struct err *e);
	void *of;
};

/*
 * url: the witness's prefix, without "add-checkpoint". Signature lines of the witnesses with these keys, verified, are
 * appended to lines; `by` (n_keys, may be NULL) gets the time of each key's cosignature, 0 for none. Fails: USAGE for a
 * URL that is none, FORMAT for a note that is no checkpoint, and for an answer that is none; IO without an answer, or with
 * one that is no answer of a witness; NOTFOUND: it does not know the log, or signed with none of these keys; SIGNATURE: it
 * does not take the log's signature, or its own does not verify; MISMATCH: it saw another history of this log, or a
 * longer one; LIMIT.
 */
bool witness_client_ask(struct buf *lines, int64_t *by, const char *url,
	const struct note_key *keys, size_t n_keys, const struct witness_question *q,
	struct err *e) MUST_CHECK;

#endif
