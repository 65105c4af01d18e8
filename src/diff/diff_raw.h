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
/* Adds the leaf for what differs here, if anything does. */
void diff_raw(struct diff_walk *w, struct span a, struct span b);

#endif
