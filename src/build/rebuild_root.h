/*
 * The build root of a rebuild_unit.h, pinned: a folder with an assay.yaml, whose packages are the build dependencies with all
 * that they need and whose one component names the source package, and its assay.lock. Both are resolved from the suites that the
 * image's lock pinned, on their day. It is a folder like any other: `assay fetch`, `lock verify` and `archive` take it.
 */
#ifndef ASSAY_BUILD_REBUILD_ROOT_H
#define ASSAY_BUILD_REBUILD_ROOT_H

#include "build/inputs.h"
#include "build/rebuild_unit.h"
#include "lock/buildinfo.h"
#include "lock/lock_past.h"

struct rebuild_root_request {
	const struct lock_past *past;
	const struct rebuild_unit *unit;
	struct str_list profiles;     /* "nocheck" */
	const struct buildinfo *info; /* its versions, and no others; may be NULL */
	const char *dir;              /* its folder, made where it is not there */
};

/*
 * Takes the folder's lock when it is of the same suites and source, else makes it. *made says which. *ret is for
 * inputs_done. Fails NOTFOUND for a source that the suites do not have, MISMATCH for dependencies that they do not
 * satisfy, or versions other than the .buildinfo's, with the packages named.
 */
bool rebuild_root_lock(struct inputs *ret, bool *made, const struct rebuild_root_request *q,
	struct err *e) MUST_CHECK;

#endif
