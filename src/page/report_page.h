/*
 * An image as one HTML page that needs nothing else: what it is, from source and packages to layers to registers, how each value
 * was made, who vouches for it, what differs, what is not measured, where its bytes come from, and the verdict on a machine
 * where there is one. The page is for somebody who was handed it: it says whose word each thing is, and nothing on it depends
 * on when or where it was made.
 */
#ifndef ASSAY_PAGE_REPORT_PAGE_H
#define ASSAY_PAGE_REPORT_PAGE_H

#include "appraise/explain.h"
#include "build/manifest_shares.h"
#include "page/report_vouch.h"
#include "page/report_verdict.h"

enum { REPORT_PAGE_SIZE_MAX = 256 << 20 };

struct report_page {
	struct report_image image;
	const uint8_t *values_sha256;              /* of the file */
	bool other_manifest;                       /* the values name another one */
	const struct manifest_share_list *origins; /* MANIFEST_SHARES_BY_ORIGIN */
	struct report_vouch vouch;
	const struct told_verdict *verdict; /* NULL: no machine was looked at */
	bool appraised_here;                /* the verdict is this program's own */
	const struct explain *explain;      /* what differs by event; NULL: nothing tells it */
};

/* to has its maximum set by the caller, who asks whether all of it fitted. Memory from a. Fails LIMIT. */
bool report_page_emit(
	const struct report_page *p, struct buf *to, struct arena *a, struct err *e) MUST_CHECK;

/* The page tells of something that should not be: a difference, or a verdict that does not affirm. */
bool report_page_says_no(const struct report_page *p);

#endif
