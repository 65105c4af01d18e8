/*
 * What a checkpoint must carry so that it counts: the signature of its log, whose origin is the key's name, and cosignatures of enough
 * of one's witnesses, each counted once and none older than one allows. Pure: the time is an argument.
 */
#ifndef ASSAY_TRUST_NOTE_QUORUM_H
#define ASSAY_TRUST_NOTE_QUORUM_H

#include "trust/checkpoint.h"
#include "trust/signed_note.h"

enum {
	NOTE_QUORUM_WITNESSES_MAX = 64,
	NOTE_QUORUM_CLOCKS_APART_S = 300, /* a cosignature may be that far in the future */
};

struct note_quorum {
	struct note_key log;
	const struct note_key *witnesses; /* borrowed, NOTE_QUORUM_WITNESSES_MAX at most */
	size_t n_witnesses;
	size_t needed;     /* 0: witnesses are not asked for */
	int64_t at_unix;   /* now */
	int64_t max_age_s; /* of a cosignature; 0: any */
};

/* What was found: for each witness the time of its cosignature, 0 where it does not count. */
struct note_quorum_found {
	int64_t at_unix[NOTE_QUORUM_WITNESSES_MAX];
	size_t n, n_old; /* that count; that would, were they not too old or of the future */
};

/*
 * Fails: MISMATCH for another origin, NOTFOUND without the log's signature or with too few cosignatures, SIGNATURE where one by a
 * known key does not hold, USAGE for keys that no quorum can be made of: more are needed than there are, two of the same key, or
 * the log's own among them.
 */
bool note_quorum_check(struct note_quorum_found *ret, const struct signed_note *n,
	const struct checkpoint *c, const struct note_quorum *q, struct err *e) MUST_CHECK;

#endif
