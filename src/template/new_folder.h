/*
 * A tree (tree/tree.h) as a folder of the disk that was not there before: files 0644 or 0755 by their mode, folders 0755,
 * symbolic links; owner and times are the file system's. Nothing that stands there already is touched.
 */
#ifndef ASSAY_TEMPLATE_NEW_FOLDER_H
#define ASSAY_TEMPLATE_NEW_FOLDER_H

#include "tree/tree.h"

/*
 * Writes t (finished: files, folders and links) into the folder dir, which is made with its parents where it is not
 * there. Fails USAGE, before anything is written, when something of the name of a top-level entry is there. After another
 * failure (IO, also for what somebody else makes at the same time) what this call wrote is gone again, file by file; what
 * is not its own stays, and so do parents of dir.
 */
bool new_folder_write(const struct tree *t, const char *dir, struct err *e) MUST_CHECK;

#endif
