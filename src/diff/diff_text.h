/*
 * Two texts by lines: what both begin and end with is passed over, then the shortest edit up to a bound (Myers, "An O(ND)
 * Difference Algorithm", 1986); beyond it the rest counts as one difference.
 */
#ifndef ASSAY_DIFF_DIFF_TEXT_H
#define ASSAY_DIFF_DIFF_TEXT_H

#include "diff/diff_walk.h"

enum {
	DIFF_TEXT_SIZE_MAX = 64 << 20,
	DIFF_TEXT_LINES_MAX = 2000000,
	DIFF_TEXT_EDITS_MAX = 1000,
	DIFF_TEXT_HUNKS_MAX = 32, /* leaves of one text; the last says how many lines more */
};

/*
 * Adds a leaf for each run of other lines; false, and no leaf, when one of the two is no text (UTF-8 without
 * control characters but those of white space and escape).
 */
bool diff_text(struct diff_walk *w, struct span a, struct span b);

#endif
