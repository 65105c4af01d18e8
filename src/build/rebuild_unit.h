/*
 * What is built at once when Debian packages of a lock are built again: one source package, and of it what is for amd64 or
 * what is for all architectures, as Debian's own builders do it. A version with "+bN" is a binNMU (a rebuild in Debian without
 * change of the source): a build of its own.
 */
#ifndef ASSAY_BUILD_REBUILD_UNIT_H
#define ASSAY_BUILD_REBUILD_UNIT_H

#include "lock/lock.h"

struct rebuild_unit {
	struct str source, source_version;
	struct str binnmu;                    /* "+b1", or empty */
	bool all;                             /* Architecture: all */
	struct str name;                      /* of its folder: "zlib_1.3.1-1+b1_amd64" */
	struct str version;                   /* of its changelog: source_version with binnmu */
	const struct lock_package **packages; /* of the lock, by name */
	size_t n;
};

/*
 * The units of the packages of set `set`, or of those that are named, whatever set they are in; by name. The arena's. NOTFOUND for a name that
 * the lock has not, with what it is called there where it is the name of a source.
 */
bool rebuild_unit_list(struct rebuild_unit **ret, size_t *n, const struct lock *l, const char *set,
	struct str_list names, struct arena *a, struct err *e) MUST_CHECK;

/* "1.3.1" of "1:1.3.1-1"; of a native package's version all but the epoch, as where there is no '-'. */
struct str rebuild_unit_upstream(struct str version);
/* "1.3.1-1" of "1:1.3.1-1" */
struct str rebuild_unit_no_epoch(struct str version);

#endif
