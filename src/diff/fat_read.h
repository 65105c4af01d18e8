/*
 * A FAT12, FAT16 or FAT32 volume (Microsoft "FAT: General Overview of On-Disk Format" 1.03) with long names. Facts of a
 * member: its alias, attributes, times of creation and last access. A cluster that is used twice is refused.
 */
#ifndef ASSAY_DIFF_FAT_READ_H
#define ASSAY_DIFF_FAT_READ_H

#include "diff/diff_member.h"

/* Lists and strings are the arena's, extents are places in src. Fails: FORMAT, LIMIT. */
bool fat_read(struct diff_members *ret, const struct diff_bytes *src, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
