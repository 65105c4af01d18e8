/*
 * A file system image of EROFS (Linux: Documentation/filesystems/erofs.rst, fs/erofs/erofs_fs.h): compact and extended
 * inodes, flat, inline and chunk-based data, inline and shared xattrs. Compressed files are listed with all but their
 * content (not_read names the algorithm); a file whose data is on another device likewise.
 */
#ifndef ASSAY_DIFF_EROFS_READ_H
#define ASSAY_DIFF_EROFS_READ_H

#include "diff/diff_member.h"

/* Lists and strings are the arena's, extents are places in src. Fails: FORMAT, LIMIT. */
bool erofs_read(struct diff_members *ret, const struct diff_bytes *src, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
