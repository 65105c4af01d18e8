/*
 * What of a container no member accounts for: the order of its members, their inode numbers where the format shows them,
 * and the bytes between their contents. Nothing that differs may go unsaid, so that two containers of equal members and
 * other bytes have a leaf, too.
 */
#ifndef ASSAY_DIFF_DIFF_REST_H
#define ASSAY_DIFF_DIFF_REST_H

#include "diff/diff_members.h"

struct diff_rest_both {
	const struct diff_member *a, *b;
};

struct diff_rest {
	struct diff_rest_both *pairs; /* by path */
	size_t n, room;
	bool sets_differ; /* a member stands on one side alone, or is of another kind */
	bool metadata_differs;
	bool contents_differ;
	size_t not_read; /* pairs whose contents could not be compared */
	struct str why;  /* of the last one */
};

/* room: how many pairs there may be. */
void diff_rest_init(struct diff_rest *r, size_t room);
void diff_rest_done(struct diff_rest *r);
void diff_rest_pair(struct diff_rest *r, const struct diff_member *a, const struct diff_member *b);
/* When all members are compared. */
void diff_rest_compare(struct diff_walk *w, const struct diff_rest *r, const struct diff_side *a,
	const struct diff_side *b, const struct diff_members_how *how);

#endif
