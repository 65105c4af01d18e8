/*
 * What a component needs of others: they are built first, what they gave is laid below /need/NAME in its box, and the
 * digest of that is in its derivation.
 */
#ifndef ASSAY_BUILD_COMPONENT_NEEDS_H
#define ASSAY_BUILD_COMPONENT_NEEDS_H

#include <limits.h>

#include "build/component.h"

#define COMPONENT_NEEDS_AT "/need"

struct component_made_list {
	const struct component_made *items;
	size_t n;
};

/* What the description, the lock and the run are. */
struct component_needs_of {
	struct store *store;
	const struct lock *lock;
	const struct description *description;
	int64_t source_date_epoch;
	const struct component_how *how; /* made, n_made; may be NULL */
};

/*
 * *ret: what c itself needs, in its order. All that is needed for them is built, or taken from the store or from how->made. Memory
 * from a. Fails as component_build; NOTFOUND for a name that is no component's.
 */
bool component_needs(struct component_made_list *ret, const struct component_needs_of *of,
	const struct component *c, struct arena *a, struct component_failure *failure,
	struct err *e) MUST_CHECK;

/*
 * The digest of what a component gave: SHA-256 of a canonical JSON list of all products in the description's order, folders too, each
 * `path` (below /out), `kind`, and of a file `executable` and `sha256`, of a link `target`. LIMIT.
 */
bool component_needs_digest(uint8_t ret[static SHA256_SIZE], const struct component_result *r,
	struct err *e) MUST_CHECK;

/* Makes the folder tmp/need with one folder for each; at: its path. Without needs nothing is made. Every time is time_unix. IO. */
bool component_needs_lay(char at[static PATH_MAX], const char *tmp,
	const struct component_made_list *needs, int64_t time_unix, struct err *e) MUST_CHECK;

#endif
