/*
 * Scratch folders that sources are laid out in.
 */
#ifndef ASSAY_BUILD_SOURCE_FOLDER_H
#define ASSAY_BUILD_SOURCE_FOLDER_H

#include <limits.h>

#include "base/err.h"

/* Makes tmp/name, mode 0755; at: its path; *dir: opened, the caller's. LIMIT for a path that is too long, IO. */
bool source_folder_make(char at[static PATH_MAX], const char *tmp, const char *name, int *dir,
	struct err *e) MUST_CHECK;
/*
 * at becomes the one folder in it. Where it holds something else: FORMAT if `must`, and nothing changes if not.
 */
bool source_folder_top(char at[static PATH_MAX], bool must, struct err *e) MUST_CHECK;

#endif
