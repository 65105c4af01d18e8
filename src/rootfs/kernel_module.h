/*
 * What a kernel module says of itself in its .modinfo section: the modules it needs, its aliases. Modules may be
 * compressed with xz as Debian ships them.
 */
#ifndef ASSAY_ROOTFS_KERNEL_MODULE_H
#define ASSAY_ROOTFS_KERNEL_MODULE_H

#include "base/buf.h"
#include "lock/description.h"
#include "store/store.h"
#include "tree/tree.h"

enum { KERNEL_MODULE_MAX = 64 << 20, KERNEL_MODULE_ALIASES_MAX = 16384 };

struct kernel_module {
	struct str name;         /* "virtio_net": '-' written as '_' */
	struct str path;         /* tree path of the file */
	struct str_list depends; /* names */
	struct str_list aliases;
	struct str_list softdeps; /* as written: "pre: a b" */
};

/* "usr/lib/modules/V/kernel/drivers/net/virtio-net.ko.xz" -> "virtio_net", copied to a. */
struct str kernel_module_name(struct arena *a, struct str path);
/* The uncompressed module, which s remembers for the next build; out is initialised here. */
bool kernel_module_bytes(struct store *s, const struct tree *t, struct str path, struct buf *out,
	struct err *e) MUST_CHECK;
/* Strings are copied to a. */
bool kernel_module_read(struct kernel_module *ret, struct store *s, const struct tree *t,
	struct str path, struct arena *a, struct err *e) MUST_CHECK;

#endif
