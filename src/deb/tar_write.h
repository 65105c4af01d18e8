/*
 * A tree as an archive of tar in the ustar format (POSIX.1-1988), the bytes that go into a package of ours. Members are in
 * the tree's order under names that start with "./", owners are numbers without names, and nothing is compressed: bytes
 * of a compressor would change with its version.
 *
 *   0 100  name                 136  12  time, octal       257  8  "ustar\0" "00"
 * 100   8  mode, octal          148   8  sum of all bytes  265 64  names of owner and group: empty
 * 108   8  owner, octal         156   1  kind              329 16  device: zeroes
 * 116   8  group, octal         157 100  target of a link  345 155 what stands before the name, without the '/'
 * 124  12  size, octal
 */
#ifndef ASSAY_DEB_TAR_WRITE_H
#define ASSAY_DEB_TAR_WRITE_H

#include "base/buf.h"
#include "tree/content.h"
#include "tree/tree.h"

/*
 * Appends the archive of a finished tree to out. FORMAT for what a package of ours does not have: devices, fifos, names
 * of one inode, xattrs. LIMIT for a name, a target, an owner or a size that the header has no room for,
 * and at the maximum of out.
 */
bool tar_write(struct buf *out, const struct tree *t, struct err *e) MUST_CHECK;
/*
 * The same into a sink, for trees that are no package: a name or target for which the header has no room stands in an
 * extended header (kind "x", name "./pax", mode 0644, no time; POSIX.1-2001, pax interchange format) before it, with the
 * records "path" and "linkpath" and no others; the header itself has the first 100 bytes of it. One tree, one sequence of bytes.
 */
bool tar_write_pax(struct sink *out, const struct tree *t, struct err *e) MUST_CHECK;

#endif
