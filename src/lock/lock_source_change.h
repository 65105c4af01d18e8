/*
 * Which source packages are others in a lock than in the one before it. lock_change.h does the same for binary packages.
 */
#ifndef ASSAY_LOCK_LOCK_SOURCE_CHANGE_H
#define ASSAY_LOCK_LOCK_SOURCE_CHANGE_H

#include "lock/lock_change.h"

struct lock_source_change {
	enum lock_change_kind kind;               /* never MOVED: sources are in no set */
	const struct lock_source *before, *after; /* of the locks; NULL where there is none */
};

struct lock_source_change_list {
	const struct lock_source_change *items; /* by name, then version */
	size_t n;
};

/* Borrows both locks; the list is the arena's. Fails LIMIT. */
bool lock_source_changes(struct lock_source_change_list *ret, const struct lock *before,
	const struct lock *after, struct arena *a, struct err *e) MUST_CHECK;
/* NULL is a source that there is not. */
bool lock_source_change_is(const struct lock_source *before, const struct lock_source *after);

#endif
