/*
 * Two contents, of whatever format: told by their magic and handed to what can look into them; else their lines or bytes.
 */
#ifndef ASSAY_DIFF_DIFF_PAIR_H
#define ASSAY_DIFF_DIFF_PAIR_H

#include "diff/diff_walk.h"

/* Adds a leaf for each difference below where the walk stands; none when they are equal. */
void diff_pair(struct diff_walk *w, struct span a, struct span b);

#endif
