/*
 * What is other in a lock than in the one before it.
 */
#ifndef ASSAY_LOCK_LOCK_CHANGE_H
#define ASSAY_LOCK_LOCK_CHANGE_H

#include "lock/lock.h"

enum lock_change_kind {
	LOCK_CHANGE_ADDED,
	LOCK_CHANGE_REMOVED,
	LOCK_CHANGE_REPLACED, /* another version, or other bytes of the same */
	LOCK_CHANGE_MOVED,    /* the same package in other sets */
};

struct lock_change {
	enum lock_change_kind kind;
	const struct lock_package *before, *after; /* of the locks; NULL where there is none */
	struct str_list
		sets; /* "image", ...: whose packages change, by name, the old's and the new's */
};

struct lock_change_list {
	const struct lock_change *items; /* by name, then version */
	size_t n;
};

/* Borrows both locks; the rest is the arena's. Fails LIMIT. */
bool lock_changes(struct lock_change_list *ret, const struct lock *before, const struct lock *after,
	struct arena *a, struct err *e) MUST_CHECK;
/* "added", "removed", "replaced", "moved". */
const char *lock_change_name(enum lock_change_kind kind);

#endif
