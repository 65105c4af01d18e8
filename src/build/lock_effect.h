/*
 * What a new lock means for an image's reference values, said before anything is built: which parts of the image its
 * changes reach, and which registers those move (appraise/shape_moves.h).
 *
 * A package of the image changes the root file system, since dpkg's database there has its version. What a lock does not
 * say is which package has the kernel, the firmware or the stub: that is looked up in packages that the store has unpacked.
 */
#ifndef ASSAY_BUILD_LOCK_EFFECT_H
#define ASSAY_BUILD_LOCK_EFFECT_H

#include "appraise/shape_moves.h"
#include "lock/lock_change.h"
#include "store/store.h"

struct lock_effect_reason {
	enum shape_part part;
	bool sure;          /* else the part may stay as it is */
	struct str because; /* "3 packages of the image" */
};

struct lock_effect {
	const struct lock_effect_reason *reasons; /* by part, the sure ones first */
	size_t n;
	struct shape_moves moves;
};

/*
 * What the changes from `before` to `after` do to an image of d. s may be NULL: nothing is looked up; a package that is
 * damaged there is as one that is not there. All memory is the arena's. Fails LIMIT.
 */
bool lock_effect(struct lock_effect *ret, const struct lock *before, const struct lock *after,
	const struct lock_change_list *changes, const struct description *d, struct store *s,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
