/*
 * Two kernel command lines: word for word, so that a root hash in one word does not hide another one that was changed.
 */
#ifndef ASSAY_DIFF_DIFF_COMMAND_LINE_H
#define ASSAY_DIFF_DIFF_COMMAND_LINE_H

#include "diff/diff_walk.h"

/* Adds a field for each word that differs; false, and no leaf, when they have not the same words in number. */
bool diff_command_line(struct diff_walk *w, struct span a, struct span b);

#endif
