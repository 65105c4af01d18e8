/*
 * Two runs of bytes: whether they are equal, where they first differ, and the leaf that says so.
 */
#ifndef ASSAY_DIFF_DIFF_RAW_H
#define ASSAY_DIFF_DIFF_RAW_H

#include "diff/diff_walk.h"

/* Bytes that a leaf shows before the first difference. */
enum { DIFF_RAW_LEAD = 32 };

/* The first offset below n at which they differ, or n. */
size_t diff_raw_first(const uint8_t *a, const uint8_t *b, size_t n);
/* The leaf for what differs from this offset on, where both have a byte or one ends. */
void diff_raw_from(struct diff_walk *w, struct span a, struct span b, uint64_t first);
/* Adds the leaf for what differs here, if anything does. */
void diff_raw(struct diff_walk *w, struct span a, struct span b);
/* The same for what a rule explains, see diff_walk_add_ruled. */
void diff_raw_ruled(
	struct diff_walk *w, struct span a, struct span b, enum diff_rule rule, size_t up);

#endif
