/*
 * /etc/passwd, group, shadow and gshadow, made from base-passwd's masters, the sysusers.d files in the tree
 * (sysusers.d(5): u, u!, g, m lines) and the description. Every id is pinned: one that a package leaves open and the
 * description does not name is refused, because the order of installation would decide it otherwise.
 */
#ifndef ASSAY_ROOTFS_USERS_H
#define ASSAY_ROOTFS_USERS_H

#include "lock/description.h"
#include "tree/tree.h"

/* day: days since 1970 for the shadow files' "last changed" field. Everyone's password is locked. */
bool users_generate(
	struct tree *t, const struct description *d, uint64_t day, struct err *e) MUST_CHECK;

/* The same before maintainer scripts run: without the sysusers.d files, which they read themselves. */
bool users_begin(
	struct tree *t, const struct description *d, uint64_t day, struct err *e) MUST_CHECK;

/* After users_generate: the id of a name; false when there is none. root is 0 even where there is no database. */
bool users_uid(const struct tree *t, struct str name, uint32_t *id) MUST_CHECK;
bool users_gid(const struct tree *t, struct str name, uint32_t *id) MUST_CHECK;

#endif
