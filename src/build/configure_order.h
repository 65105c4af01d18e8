/*
 * In which order the packages of a set are installed when maintainer scripts run, as dpkg alone needs it told (apt does
 * that otherwise). They are unpacked in batches. The first holds the Essential packages and all that they depend on, which
 * every script may rely on (Debian policy 3.8): it is configured whole before anything else is unpacked. A later one holds
 * what may be unpacked when its pre-dependencies, with all that those need, are configured (policy 7.2), which is done just
 * before. Whatever is left is configured at the end; which first is dpkg's to say.
 */
#ifndef ASSAY_BUILD_CONFIGURE_ORDER_H
#define ASSAY_BUILD_CONFIGURE_ORDER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct configure_order {
	size_t *batch;  /* in which each package is unpacked; 0 is the first */
	size_t *before; /* before which batch it must be configured; n_batches: before the end */
	size_t n_batches;
};

/* A package as the order sees it. */
struct configure_order_item {
	struct str name;
	struct span control; /* its control file */
};

/*
 * Of an alternative the first that is in the set counts, real or provided. Where pre-dependencies go in a circle the rest
 * is one batch, and dpkg has the last word. Memory from a. Fails: NOTFOUND when no dpkg is there, FORMAT, LIMIT.
 */
bool configure_order_make(struct configure_order *ret, const struct configure_order_item *items,
	size_t n, struct arena *a, struct err *e) MUST_CHECK;

#endif
