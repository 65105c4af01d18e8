/*
 * Two folders of the disk as two lists of members: names, kinds, modes, owners, times, links. Contents are mapped when their
 * turn comes.
 */
#ifndef ASSAY_DIFF_DIFF_FOLDER_H
#define ASSAY_DIFF_DIFF_FOLDER_H

#include "diff/diff_walk.h"

enum { DIFF_FOLDER_DEPTH_MAX = 64 };
#define DIFF_FOLDER_LISTS_MAX (UINT64_C(2) << 30)

/* a and b are open folders. Fails: IO; LIMIT beyond DIFF_FOLDER_DEPTH_MAX and the limits of diff_member.h. */
bool diff_folder(struct diff_walk *w, int a, int b, struct err *e) MUST_CHECK;

#endif
