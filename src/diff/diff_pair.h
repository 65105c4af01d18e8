/*
 * Two contents, of whatever format: told by their magic and handed to what can look into them; else their lines or bytes.
 */
#ifndef ASSAY_DIFF_DIFF_PAIR_H
#define ASSAY_DIFF_DIFF_PAIR_H

#include "diff/diff_walk.h"

/*
 * Adds a leaf for each difference below where the walk stands; none when they are equal. What is no good example of its
 * format is compared as bytes; fails IO, and LIMIT when the machine gives no memory for lists.
 */
bool diff_pair(struct diff_walk *w, struct span a, struct span b, struct err *e) MUST_CHECK;
/* The same one place deeper. */
bool diff_pair_at(struct diff_walk *w, struct str place, struct span a, struct span b,
	struct err *e) MUST_CHECK;
/* A failure that only says that these bytes are not what was hoped: true, and *e is to be forgotten. */
bool diff_pair_is_refusal(const struct err *e);

#endif
