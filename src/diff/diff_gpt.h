/*
 * Two disks: identifiers and places in the partition table, what the partitions hold, and what lies outside of them.
 */
#ifndef ASSAY_DIFF_DIFF_GPT_H
#define ASSAY_DIFF_DIFF_GPT_H

#include "diff/diff_walk.h"

/* FORMAT and LIMIT, with no leaf added, when one of them has no good table; else as diff_pair. */
bool diff_gpt(struct diff_walk *w, struct span a, struct span b, struct err *e) MUST_CHECK;

#endif
