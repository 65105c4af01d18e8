/*
 * Archives of cpio in its "newc" and "crc" forms, one or more behind each other with zeros between, as the kernel takes them
 * for an initrd (Linux: driver-api/early-userspace/buffer-format.rst). What is no cpio archive begins at ret->end.
 */
#ifndef ASSAY_DIFF_CPIO_READ_H
#define ASSAY_DIFF_CPIO_READ_H

#include "diff/diff_member.h"

/* Lists and strings are the arena's, extents are places in src. Fails: FORMAT, LIMIT. */
bool cpio_read(struct diff_members *ret, const struct diff_bytes *src, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
