/*
 * Why a package is in a lock: for each set that has it the shortest chain of dependencies from something that was asked
 * for, or is Essential, down to it. The chain comes from the indexes that the lock names. Without them there is the one
 * reason that the lock itself gives for each package, which is followed up instead.
 *
 * A dependency counts as one on every package of the set that has its name or provides it; versions and alternatives were
 * the resolver's business and are not weighed again.
 */
#ifndef ASSAY_LOCK_WHY_H
#define ASSAY_LOCK_WHY_H

#include "lock/lock.h"

struct why_step {
	const struct lock_package *package;
	/* How the step before asks for it; both empty in the first, and where only the lock was asked. */
	struct str field;      /* "Depends", "Pre-Depends" */
	struct str dependency; /* as it stands there: "libc6 (>= 2.41)", with its alternatives */
};

struct why_chain {
	struct str set;
	struct str begin; /* why the first is there: "seed", "essential" */
	const struct why_step *steps;
	size_t n;
	bool from_indexes; /* else from the lock's own reasons */
};

struct why {
	const struct why_chain *
		chains; /* one a set that has the package, in the lock's order; n 0: not in the lock */
	size_t n;
};

/*
 * texts: the Packages text of each of the lock's indexes, empty for one that is not at hand; d (may be NULL) is the
 * description that the lock was made for, without which only the lock is asked. Where a chain needs an index that is not
 * there, the lock is asked, too. Borrows from all of them; memory is the arena's.
 * Fails FORMAT for an index that is none, LIMIT.
 */
bool why_find(struct why *ret, const struct lock *l, const struct description *d,
	const struct span *texts, struct str name, struct arena *a, struct err *e) MUST_CHECK;

#endif
