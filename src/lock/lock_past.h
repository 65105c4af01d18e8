/*
 * The archives as a lock pinned them: its Releases, verified again, and what their indexes say that the lock does not hold:
 * source packages, and further sets of packages. So what is resolved later for an image (the build root of one of its
 * packages) is from the same suites on the same day.
 */
#ifndef ASSAY_LOCK_LOCK_PAST_H
#define ASSAY_LOCK_LOCK_PAST_H

#include "lock/archive.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "lock/resolve.h"

struct lock_past {
	const struct lock *lock; /* borrowed */
	const struct archive_access *q;
	struct release *releases;   /* one a suite */
	struct lock_index *sources; /* of source packages */
	size_t n_sources;
	struct arena *a;
};

/*
 * Brings Releases and indexes into the store and follows signature -> InRelease -> index for all of them. q->keys should be
 * THEN. Memory is the arena's. Fails NOTFOUND for what neither store nor mirrors have any more, SIGNATURE, MISMATCH.
 */
bool lock_past_open(struct lock_past *ret, const struct lock *l, const struct archive_access *q,
	struct arena *a, struct err *e) MUST_CHECK;

/* The stanza of a source package in a Sources index; memory is the arena's. NOTFOUND. */
bool lock_past_source(struct str *ret, const struct lock_past *p, struct str name,
	struct str version, struct err *e) MUST_CHECK;

/*
 * What a package with these Depends and Conflicts (as in a control file; either may be empty) would bring with it, all Essential ones
 * included, by name. Fails as resolve_closure. The arena's.
 */
bool lock_past_closure(struct resolve_result *ret, const struct lock_past *p, struct str depends,
	struct str conflicts, struct err *e) MUST_CHECK;

/* The lock of d, whose suites are those of p's lock, on these indexes. As lock_make. */
bool lock_past_make(struct lock *ret, const struct lock_past *p, const struct description *d,
	struct err *e) MUST_CHECK;

#endif
