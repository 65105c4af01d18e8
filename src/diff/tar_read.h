/*
 * A tar archive (ustar, GNU, pax), read by libarchive; compressed ones go through diff/diff_inflate.h first. Facts of a
 * member: the names of its owner and group.
 */
#ifndef ASSAY_DIFF_TAR_READ_H
#define ASSAY_DIFF_TAR_READ_H

#include "diff/diff_member.h"

/* Lists and strings are the arena's, extents are places in src. Fails: FORMAT, LIMIT. */
bool tar_read(struct diff_members *ret, const struct diff_bytes *src, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
