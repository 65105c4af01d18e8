/*
 * The same work on many items with all cores. Workers take items in order but finish in any order: an item writes only
 * to its own place, so that no result depends on who was first.
 */
#ifndef ASSAY_SYS_PAR_H
#define ASSAY_SYS_PAR_H

#include <stddef.h>

#include "base/err.h"

/* How many cores this process may use (its affinity), at least 1. */
size_t par_cores(void);

/*
 * Calls item(ctx, i, e) for i in 0..n-1 on up to n_threads threads (0: all cores). After a failure no further item is
 * started; the error of the lowest failed i is reported.
 */
bool par_for(size_t n, size_t n_threads, bool (*item)(void *ctx, size_t i, struct err *e),
	void *ctx, struct err *e) MUST_CHECK;

#endif
