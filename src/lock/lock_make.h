/*
 * From a description to its lock: Release files and indexes of the suites it names, the closures of its sets, and for
 * every package of them what the archive signed about it.
 */
#ifndef ASSAY_LOCK_LOCK_MAKE_H
#define ASSAY_LOCK_LOCK_MAKE_H

#include "lock/archive.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "lock/release.h"

/*
 * previous may be NULL; see archive_take_release for what it and now_unix are held against. All memory of *ret is the
 * arena's. Fails as archive_take_release and resolve_closure, with the set named.
 */
bool lock_make(struct lock *ret, const struct description *d, const struct lock *previous,
	const struct archive_access *q, int64_t now_unix, struct arena *a,
	struct err *e) MUST_CHECK;

/*
 * The same on what another lock pinned, whose Releases are given, one a suite; its indexes are in the store. The suites of d
 * are those of `from`. Nobody is asked but for an index of source packages that is not at hand.
 */
bool lock_make_on(struct lock *ret, const struct description *d, const struct lock *from,
	struct release *releases, const struct archive_access *q, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
