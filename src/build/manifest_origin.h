/*
 * The class of each file's origin (appraise/origin_class.h), by where the tree has it from: a component is source; a package
 * is the distribution's, or reproduced where this store has a record of that and the build was asked to look; text in an
 * overlay, the description and what assay generates are source; anything else in an overlay is opaque.
 */
#ifndef ASSAY_BUILD_MANIFEST_ORIGIN_H
#define ASSAY_BUILD_MANIFEST_ORIGIN_H

#include "appraise/origin_class.h"
#include "lock/lock.h"
#include "store/store.h"
#include "tree/content.h"

/* Overlay files above this are not looked at: they are opaque. */
enum { MANIFEST_ORIGIN_TEXT_MAX = 16 << 20 };

struct manifest_origin_packages {
	const struct lock *lock;
	const bool *reproduced; /* by place in lock->packages; NULL: none is */
};

/* reproduced: n_packages of l, filled from the store's records (build/reproduced.h). */
bool manifest_origin_look_up(
	bool *reproduced, const struct store *s, const struct lock *l, struct err *e) MUST_CHECK;

/* origin: "package:mawk", "overlay:root", "generated:users", ... Reads overlay files. IO. */
bool manifest_origin_class(enum origin_class *ret, const struct manifest_origin_packages *p,
	struct str origin, const struct content *c, struct err *e) MUST_CHECK;

#endif
