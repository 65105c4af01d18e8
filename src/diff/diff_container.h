/*
 * Two file systems or archives of one format: their members, and what stands behind them in the same bytes.
 */
#ifndef ASSAY_DIFF_DIFF_CONTAINER_H
#define ASSAY_DIFF_DIFF_CONTAINER_H

#include "diff/diff_format.h"
#include "diff/diff_walk.h"

/* What the lists of both sides together may take; they go when they are compared. */
#define DIFF_CONTAINER_LISTS_MAX (UINT64_C(2) << 30)

/* f: EROFS, FAT, CPIO, TAR or AR. FORMAT and LIMIT, with no leaf added, when one of them is no good one. */
bool diff_container(struct diff_walk *w, enum diff_format f, struct span a, struct span b,
	struct err *e) MUST_CHECK;

#endif
