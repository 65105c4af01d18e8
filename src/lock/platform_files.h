/*
 * The files of share/platforms, which the tool carries in itself: the shapes that a description can name.
 */
#ifndef ASSAY_LOCK_PLATFORM_FILES_H
#define ASSAY_LOCK_PLATFORM_FILES_H

#include "appraise/platform_shape.h"
#include "base/embedded_file.h"

extern const struct embedded platform_files[];

/* The shape of this name, its memory from a. NOTFOUND, with the names that there are. */
bool platform_files_shape(
	struct platform_shape *ret, struct str name, struct arena *a, struct err *e) MUST_CHECK;

#endif
