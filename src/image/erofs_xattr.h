/*
 * The xattrs behind an EROFS inode: a header of 12 zero bytes (no shared ones), then for each {u8 name size,
 * u8 prefix index, u16 value size, name without prefix, value}, zero padded to 4.
 */
#ifndef ASSAY_IMAGE_EROFS_XATTR_H
#define ASSAY_IMAGE_EROFS_XATTR_H

#include "base/err.h"
#include "image/stream.h"
#include "tree/tree.h"

/*
 * Bytes with the header, 0 for none. FORMAT for an unknown prefix, LIMIT above 256 KiB (i_xattr_icount is 16
 * bits).
 */
bool erofs_xattr_size(const struct node *n, uint32_t *ret, struct err *e) MUST_CHECK;
/* i_xattr_icount for that size. */
uint16_t erofs_xattr_count(uint32_t size);
void erofs_xattr_emit(struct stream *s, const struct node *n);

#endif
