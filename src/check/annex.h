/*
 * Where builds go on that must not use the store that they are compared with: stores of their own, at another path, empty but
 * for the objects that a build reads, so that all is unpacked and laid out again; where another user builds, they are his.
 * Objects are hard links where that is possible, else copies. All of it goes with the annex.
 */
#ifndef ASSAY_CHECK_ANNEX_H
#define ASSAY_CHECK_ANNEX_H

#include <limits.h>

#include "build/inputs.h"
#include "check/canary.h"

struct annex;

/*
 * variations: all that will be asked for. Below the caller's store; below TMPDIR where another user must get there. Everything is
 * borrowed. Fails: IO.
 */
bool annex_new(struct annex **ret, struct store *from, const struct inputs *in,
	const struct canaries *c, uint64_t variations, struct err *e) MUST_CHECK;
void annex_free(struct annex *a);
void annex_freep(struct annex **a); /* for CLEANUP */

/* The folder itself, absolute: builds with these variations can make folders there. */
const char *annex_folder(const struct annex *a);

/*
 * The store for a build with these variations: the caller's own, unless path, user or unpacking vary. Made at the first
 * time, for all components. Fails: IO.
 */
bool annex_store(
	struct annex *a, uint64_t variations, char path[static PATH_MAX], struct err *e) MUST_CHECK;

/* In the process that builds: unpacks all packages of a set, from the last to the first. NOTFOUND without that set. */
bool annex_unpack_backwards(
	struct store *s, const struct lock *l, const char *set, struct err *e) MUST_CHECK;

#endif
