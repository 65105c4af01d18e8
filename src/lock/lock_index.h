/*
 * The lists of indexes in a lock: Packages of all components ("indexes"), Sources of those that a source package is from.
 */
#ifndef ASSAY_LOCK_LOCK_INDEX_H
#define ASSAY_LOCK_LOCK_INDEX_H

#include "codec/json.h"
#include "lock/lock.h"

enum { LOCK_INDEXES_MAX = 256 };

/* The member `key`. */
void lock_index_put(
	struct json_out *w, const char *key, const struct lock_index *indexes, size_t n);
/* The same read: 1 to LOCK_INDEXES_MAX, sorted by suite (position in n_suites) and path. The list is the arena's. FORMAT, LIMIT. */
bool lock_index_parse(const struct lock_index **ret, size_t *n, const struct json *top,
	const char *key, size_t n_suites, struct arena *a, struct err *e) MUST_CHECK;
/* Below, equal to or above 0, by suite and path. */
int lock_index_compare(const void *a, const void *b);

#endif
