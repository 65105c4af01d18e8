/*
 * What a rebuild gave, in the store under its derivation: a JSON record of file names and digests, whose bytes are objects.
 */
#ifndef ASSAY_BUILD_REBUILD_RECORD_H
#define ASSAY_BUILD_REBUILD_RECORD_H

#include "build/rebuild_box.h"

/* *found: there is one, and all of its files are there. Memory from a. Fails as store_result_get, but not NOTFOUND. */
bool rebuild_record_get(struct rebuild_built *built, bool *found, const struct store *s,
	struct arena *a, struct err *e) MUST_CHECK;
/* MISMATCH where equal inputs gave other files before. */
bool rebuild_record_put(
	struct store *s, const struct rebuild_built *built, struct err *e) MUST_CHECK;

#endif
