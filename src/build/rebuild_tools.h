/*
 * The tools of a build root that leave their mark on what they build, and how old they are by their own changelogs. A package
 * cannot have been built with a compiler that is younger than it: then other machine code has a reason.
 */
#ifndef ASSAY_BUILD_REBUILD_TOOLS_H
#define ASSAY_BUILD_REBUILD_TOOLS_H

#include "lock/lock.h"
#include "store/store.h"

struct rebuild_tool {
	struct str name, version; /* "gcc-14", "14.2.0-19" */
	int64_t date_unix;        /* of the newest entry of its changelog */
	bool younger;             /* than the published package */
};

/* Those of the lock's set "image" that are known here, by name; their packages are in s. Memory from a. */
bool rebuild_tools_find(struct rebuild_tool **ret, size_t *n, struct store *s,
	const struct lock *root, int64_t than_unix, struct arena *a, struct err *e) MUST_CHECK;

#endif
