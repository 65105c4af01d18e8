/*
 * The "newc" cpio archive that the kernel unpacks as its initrd (Linux:
 * driver-api/early-userspace/buffer-format.rst).
 *
 * Entries in the order of the tree, the root as "."; inode numbers 1, 2, ... in that order; device 0:0; owner
 * and mtime as the nodes say; folders have 2 links. Names of one inode share its number; its bytes stand with
 * the last of them, as cpio itself writes it. Header digits are upper case. After TRAILER!!! (inode 0) the
 * archive is zero padded to a multiple of 512.
 */
#ifndef ASSAY_IMAGE_CPIO_H
#define ASSAY_IMAGE_CPIO_H

#include "base/err.h"
#include "tree/tree.h"

enum { CPIO_ALIGN = 512 };

/* Bytes that cpio_emit writes for a tree that it accepts. */
uint64_t cpio_size(const struct tree *t);
/*
 * Writes a finished tree. Fails: FORMAT for what newc cannot say (xattrs, times before 1970 or after 2106),
 * LIMIT for a file of 4 GiB or more.
 */
bool cpio_emit(const struct tree *t, struct sink *to, struct err *e) MUST_CHECK;

#endif
