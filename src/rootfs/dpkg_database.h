/*
 * /var/lib/dpkg as dpkg would have left it: status, info/NAME.list, md5sums, conffiles and the rest of the control
 * members, so that `dpkg -l --root` and vulnerability scanners see every package of the image.
 */
#ifndef ASSAY_ROOTFS_DPKG_DATABASE_H
#define ASSAY_ROOTFS_DPKG_DATABASE_H

#include "deb/pack.h"
#include "lock/lock.h"
#include "tree/tree.h"

enum { DPKG_STATUS_MAX = 16 << 20 };

/* packs[i] is the unpacked form of packages[i], sorted by name. */
bool dpkg_database_generate(struct tree *t, const struct lock_package *const *packages,
	struct pack *const *packs, size_t n, struct err *e) MUST_CHECK;

#endif
