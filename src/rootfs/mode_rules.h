/*
 * image: modes: of the description: mode and owner of what the packages brought with others, or of what the description
 * itself added.
 */
#ifndef ASSAY_ROOTFS_MODE_RULES_H
#define ASSAY_ROOTFS_MODE_RULES_H

#include "lock/description.h"
#include "tree/tree.h"

/*
 * Applies d's rules in their order to all paths that their globs match; symbolic links have neither and are passed over.
 * Comes after users_generate. NOTFOUND for a rule that matches nothing and for a name that is no user or group.
 */
bool mode_rules_apply(struct tree *t, const struct description *d, struct err *e) MUST_CHECK;

#endif
