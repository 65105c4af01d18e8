/*
 * The root file system of an image: package contents plus what maintainer scripts would have done, declared instead of
 * run. Users, unit links, dpkg's database, indexes of libraries and modules are generated; the rest is the
 * description's: overlays, links, folders, modes, exclusions.
 *
 * Order: rootfs_merge puts everything in; then kernel and initrd modules can be taken from the tree; rootfs_trim takes
 * out what the description excludes and writes the indexes of what is left. The tree is not finished here.
 */
#ifndef ASSAY_ROOTFS_ROOTFS_H
#define ASSAY_ROOTFS_ROOTFS_H

#include "deb/pack.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "store/store.h"
#include "tree/tree.h"

/* A file, folder or link that a component made for the root or the initrd. */
struct rootfs_product {
	struct str path;
	enum node_kind kind;
	uint32_t mode;
	struct content content;
	struct str target; /* LINK */
	struct str component;
};

struct rootfs_inputs {
	const struct description *description;
	struct store *store;
	const struct lock_package *const *packages; /* sorted by name */
	struct pack *const *packs;                  /* packs[i] is packages[i] */
	size_t n_packages;
	const struct rootfs_product *products;
	size_t n_products;
	struct tree *const *overlays; /* rootfs_overlay of each that the description names */
	int64_t source_date_epoch;
	/* The tree holds configured packages already: nothing is put in that maintainer scripts have made. */
	bool configured;
};

/* Overlay i of the description as a finished tree, its bytes in the store. */
bool rootfs_overlay(struct tree **ret, const struct description *d, size_t i, struct store *s,
	int64_t source_date_epoch, struct err *e) MUST_CHECK;

bool rootfs_merge(struct tree *t, const struct rootfs_inputs *in, struct err *e) MUST_CHECK;
/* NOTFOUND for an exclusion that matches nothing. */
bool rootfs_trim(
	struct tree *t, struct store *s, const struct description *d, struct err *e) MUST_CHECK;

/* Adds the contents of packages to t: origins "package:NAME", a path may be claimed once. */
bool rootfs_add_packages(struct tree *t, const struct lock_package *const *packages,
	struct pack *const *packs, size_t n, struct err *e) MUST_CHECK;

/* The usr-merged layout that a Debian root has before the first package, where no package brings it. */
bool rootfs_skeleton(struct tree *t, struct err *e) MUST_CHECK;

/* The initrd: PID 1 and other products, the modules it loads, /dev/console and the folders it mounts on. */
bool rootfs_initrd(struct tree *initrd, const struct tree *root, struct store *s,
	const struct description *d, const struct rootfs_product *products, size_t n_products,
	struct err *e) MUST_CHECK;

#endif
