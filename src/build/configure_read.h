/*
 * From what the box left of its root (box/box_listing.h) to what maintainer scripts changed.
 */
#ifndef ASSAY_BUILD_CONFIGURE_READ_H
#define ASSAY_BUILD_CONFIGURE_READ_H

#include "build/configure_delta.h"

/*
 * Holds the list and data in the folder `out` against the finished tree `before`, without times and xattrs, and without what
 * configure_leftover.h drops; the contents of what differs go into one object of s. day: since 1970, for shadow. Fails:
 * FORMAT for a list that is not one, or a path that no manifest could name (no UTF-8), LIMIT, IO.
 */
bool configure_read(struct configure_delta *ret, struct store *s, const struct tree *before,
	int out, uint64_t day, struct arena *a, struct err *e) MUST_CHECK;

#endif
