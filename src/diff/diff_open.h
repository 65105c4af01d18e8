/*
 * The content of a member: a slice of its image where it lies in one piece, a copy where it lies in several, a mapping
 * where it is a file of the disk.
 */
#ifndef ASSAY_DIFF_DIFF_OPEN_H
#define ASSAY_DIFF_DIFF_OPEN_H

#include "diff/diff_members.h"

enum { DIFF_OPEN_COPY_MAX = 64 << 20 };

/* The caller ends with diff_bytes_done. Fails LIMIT for one in pieces above DIFF_OPEN_COPY_MAX, FORMAT for not_read; IO. */
bool diff_open(struct diff_bytes *ret, const struct diff_side *side, const struct diff_member *m,
	struct err *e) MUST_CHECK;
/* For those that cannot be opened but have extents: the leaf for other bytes, if there are any. */
void diff_open_compare(struct diff_walk *w, const struct diff_side *side_a,
	const struct diff_member *a, const struct diff_side *side_b, const struct diff_member *b);

#endif
