/*
 * Whom the user's trust file lets say what about publications, with keys that libcrypto has read.
 */
#ifndef ASSAY_CMD_PUBLICATION_ANCHORS_H
#define ASSAY_CMD_PUBLICATION_ANCHORS_H

#include "appraise/published.h"
#include "trust/trust_file.h"

struct publication_anchors {
	struct published_anchors by;
	struct statement_key *keys[TRUST_PARTIES_MAX]; /* of the signers */
};

/* Borrows the trust file. *ret is for publication_anchors_done, also after a failure. Fails: FORMAT, LIMIT. */
bool publication_anchors_of(struct publication_anchors *ret, const struct trust_file *t,
	struct arena *a, struct err *e) MUST_CHECK;
void publication_anchors_done(struct publication_anchors *p);

#endif
