/*
 * An ar archive as a Debian package is one (deb(5)): debian-binary, control.tar.*, data.tar.*; other members, too. What the
 * members hold is for the caller: diff/diff_inflate.h, then diff/tar_read.h.
 */
#ifndef ASSAY_DIFF_DEB_READ_H
#define ASSAY_DIFF_DEB_READ_H

#include "diff/diff_member.h"

/* Lists and strings are the arena's, extents are places in src. Fails: FORMAT, LIMIT. */
bool deb_read(struct diff_members *ret, const struct diff_bytes *src, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
