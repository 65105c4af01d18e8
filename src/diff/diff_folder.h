/*
 * Two folders of the disk: which names both have, what differs in their metadata, and in what they hold.
 */
#ifndef ASSAY_DIFF_DIFF_FOLDER_H
#define ASSAY_DIFF_DIFF_FOLDER_H

#include "diff/diff_walk.h"

enum { DIFF_FOLDER_DEPTH_MAX = 64 };

/* a and b are open folders. Fails: IO, LIMIT beyond DIFF_FOLDER_DEPTH_MAX. */
bool diff_folder(struct diff_walk *w, int a, int b, struct err *e) MUST_CHECK;

#endif
