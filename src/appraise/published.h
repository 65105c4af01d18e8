/*
 * What a publication (doc/publication.md) brings beside its reference values, held against the anchors that the user chose
 * and what he was shown before: whether its channel lets this image count now, and which of its statements stand in a
 * transparency log. Pure: bytes, anchors and a time in, a decision out.
 *
 * All of it was written by whoever publishes. It can only take away: a channel that does not hold refuses the publication, a
 * statement that no log proves does not count. Who signed the statements and how many agree is asked afterwards
 * (appraise/quorum.h), of those that count.
 *
 * A log that is shown smaller than before is a rollback even when the shorter log was once right: whoever publishes takes
 * new proofs before he publishes.
 */
#ifndef ASSAY_APPRAISE_PUBLISHED_H
#define ASSAY_APPRAISE_PUBLISHED_H

#include "trust/channel.h"
#include "trust/last_seen.h"
#include "trust/note_key.h"

enum { PUBLISHED_STATEMENTS_MAX = 64, PUBLISHED_PROOFS_MAX = 128 };

/* Of the trust file. */
struct published_anchors {
	const struct channel_signer *signers; /* none: channels are not asked for */
	size_t n_signers;
	const struct note_key *logs; /* by origin; none: proofs are not asked for */
	size_t n_logs;
	const struct note_key *witnesses;
	size_t n_witnesses;
	size_t quorum;         /* of them that must have cosigned; 0: none */
	int64_t channel_s;     /* how far ahead a channel may expire; 0: any */
	int64_t cosignature_s; /* how old a cosignature may be; 0: any */
};

struct published_file {
	struct str path;
	struct span bytes;
};

struct published_in {
	struct str name;            /* the channel that is meant */
	struct channel_image image; /* what was published */
	struct span channel;        /* the file; p NULL: there is none */
	const struct published_file *statements;
	size_t n_statements;
	const struct published_file *proofs;
	size_t n_proofs;
	const struct published_anchors *anchors;
	const struct last_seen *seen;
	int64_t at_unix;
};

struct published_statement {
	const struct published_file *file;
	bool counts;    /* a log proves it, or none is asked for */
	struct str why; /* a sentence: which log, or why not */
};

struct published {
	const char *refused; /* "channel-expired"; NULL: nothing speaks against it */
	struct str why;      /* of that, for a person */
	bool has_channel;    /* one that was asked for and holds */
	struct channel channel;
	struct str signer;
	struct published_statement *statements;
	size_t n_statements;
	struct last_seen
		seen; /* what is to be remembered; what was seen before where it is refused */
};

/* All memory is the arena's, or borrowed from `in`. True when there is a decision. Fails: LIMIT. */
bool published_judge(struct published *ret, const struct published_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
