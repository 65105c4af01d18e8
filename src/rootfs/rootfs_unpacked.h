/*
 * A root before maintainer scripts have run: what its packages hold, the accounts that are pinned, the layout, and an
 * empty database of dpkg. With all packages it is what scripts are held against; with the first batch it is the root in
 * which dpkg starts.
 */
#ifndef ASSAY_ROOTFS_ROOTFS_UNPACKED_H
#define ASSAY_ROOTFS_ROOTFS_UNPACKED_H

#include "deb/pack.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "tree/tree.h"

/*
 * Adds to the empty tree t and finishes it. Packages that claim the same path (one replaces or diverts a file of the
 * other) are no error here, since dpkg knows what to do: the last one has it, a folder stays a folder. Accounts are those of
 * base-passwd's masters and the description, so that the ids which the description pins are taken before a script asks
 * for one; sysusers.d files are left to the scripts. Fails as rootfs_merge.
 */
bool rootfs_unpacked(struct tree *t, const struct description *d,
	const struct lock_package *const *packages, struct pack *const *packs, size_t n,
	int64_t source_date_epoch, struct err *e) MUST_CHECK;

#endif
