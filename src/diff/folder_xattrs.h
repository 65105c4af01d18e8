/*
 * Extended attributes of a file of the disk, as a list for comparing. Those that the system makes for
 * itself (labels, access lists) are listed like any other.
 */
#ifndef ASSAY_DIFF_FOLDER_XATTRS_H
#define ASSAY_DIFF_FOLDER_XATTRS_H

#include "diff/diff_member.h"

/*
 * Sets m->xattrs for a file or folder; path below dir. Nothing for other kinds, and where the file system has none. Fails:
 * IO, LIMIT beyond TREE_XATTRS_MAX.
 */
bool folder_xattrs(struct diff_member *m, int dir, struct arena *a, struct err *e) MUST_CHECK;

#endif
