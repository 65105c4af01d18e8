/*
 * A Debian package (deb(5)) of two trees: what dpkg reads (control, md5sums) and what it installs. Members of the outer
 * archive are debian-binary, control.tar and data.tar, uncompressed. The bytes depend on the trees and at_unix alone.
 */
#ifndef ASSAY_DEB_DEB_WRITE_H
#define ASSAY_DEB_DEB_WRITE_H

#include "base/buf.h"
#include "tree/tree.h"

enum { DEB_WRITE_MAX = 256 << 20 }; /* bytes of one of the two archives */

/* Both trees are finished. FORMAT when control has no file "control"; LIMIT; as tar_write. */
bool deb_write(struct buf *out, const struct tree *control, const struct tree *data,
	int64_t at_unix, struct err *e) MUST_CHECK;

#endif
