/*
 * Who vouches for an image's values: the statements of rebuilders that were given, each with what it says, whose it is and
 * whether it counts, and what came of them by the user's trust file.
 */
#ifndef ASSAY_PAGE_REPORT_VOUCH_H
#define ASSAY_PAGE_REPORT_VOUCH_H

#include "appraise/quorum_outcome.h"
#include "base/buf.h"
#include "page/report_claim.h"

/* Something that was given as a statement and was not heard, with the reason. */
struct report_aside {
	struct str from, why;
};

struct report_vouch {
	struct quorum quorum;          /* of all that were opened */
	struct quorum_outcome outcome; /* for all of the image's values */
	const struct report_aside *aside;
	size_t n_aside;
};

void report_vouch_emit(
	struct buf *to, const struct report_vouch *v, const struct report_image *image);
/* The same in one sentence, for who reads only the beginning. */
void report_vouch_in_short(struct buf *to, const struct report_vouch *v);

#endif
