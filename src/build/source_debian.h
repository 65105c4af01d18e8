/*
 * A source package of Debian's archive (deb-src-control(5), dpkg-source(1)) as a folder, made by code of ours from the files
 * that the lock names: 3.0 (native), 3.0 (quilt), and 1.0 where it is one tarball. What dpkg-source does with a .dsc is done
 * from the signed index instead, which has the same digests; signatures and the .dsc itself are only kept.
 *
 * The patches of 3.0 (quilt) are not applied here: whoever reads hostile patches shall be in the box. There SOURCE_DEBIAN_PATCH
 * runs before the component's first step, with the toolchain's own sh and patch (package "patch"), as dpkg-source would
 * run them: in the order of debian/patches/debian.series, else series, without fuzz, with .pc/ as quilt keeps it.
 */
#ifndef ASSAY_BUILD_SOURCE_DEBIAN_H
#define ASSAY_BUILD_SOURCE_DEBIAN_H

#include <limits.h>

#include "lock/lock.h"
#include "store/store.h"

extern const char SOURCE_DEBIAN_PATCH[]; /* a script for `sh -c`, in the source's folder */

/* Does its folder need that script? */
bool source_debian_has_patches(const struct lock_source *src);

/*
 * Lays it out in an empty folder below tmp (absolute), where nobody else writes; at: the path of what is the source. Its files
 * are in s. FORMAT for files that make no source package of its format, and as source_unpack_object.
 */
bool source_debian_lay(char at[static PATH_MAX], const char *tmp, const struct lock_source *src,
	const struct store *s, int64_t clamp_unix, struct err *e) MUST_CHECK;

#endif
