/*
 * The kernel modules of an image: which of them stay in the root, the files of depmod for those, and the list that the
 * initrd loads, with what each needs before it. The store remembers decompressed modules.
 */
#ifndef ASSAY_ROOTFS_KERNEL_MODULES_H
#define ASSAY_ROOTFS_KERNEL_MODULES_H

#include "lock/description.h"
#include "store/store.h"
#include "tree/tree.h"

enum { KERNEL_MODULES_MAX = 20000 };

/*
 * Keeps only the modules named (and those that they need) in usr/lib/modules/VERSION; all when the list is empty.
 * Writes modules.dep, modules.alias, modules.softdep, modules.symbols and their .bin forms. NOTFOUND for a name that is
 * no module of the kernel. A tree without modules is left alone.
 */
bool kernel_modules_index(
	struct tree *root, struct store *s, const struct str_list *keep, struct err *e) MUST_CHECK;

/*
 * Copies the named modules and those they need, uncompressed, from root to lib/modules/NAME.ko of the initrd, and writes
 * etc/modules-load: their paths, one a line, in an order in which each finds what it needs.
 */
bool kernel_modules_initrd(struct tree *initrd, const struct tree *root, struct store *s,
	const struct str_list *names, struct err *e) MUST_CHECK;

#endif
