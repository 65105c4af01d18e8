/*
 * The sources of a component: exactly the files that its globs name, taken into the store when they are read, so that
 * what is compiled is what was hashed.
 */
#ifndef ASSAY_BUILD_COMPONENT_SOURCE_H
#define ASSAY_BUILD_COMPONENT_SOURCE_H

#include "build/component.h"

/*
 * All files below `folder` that match one of the globs, sorted by path, each once, their bytes in s; memory from a.
 * Folders named .git are not entered. Fails: NOTFOUND for a glob that matches nothing, FORMAT for a match that is not a
 * regular file, LIMIT.
 */
bool component_source_collect(const struct component_source **ret, size_t *n_ret, struct store *s,
	const char *folder, const struct str_list *globs, struct arena *a,
	struct err *e) MUST_CHECK;

/*
 * Lays them out below the folder dir: modes 0644 or 0755, times source_date_epoch, folders too. What a file system makes of
 * the order shows in what it lists: backwards, the last comes first.
 */
bool component_source_lay(int dir, const struct component_source *sources, size_t n,
	struct store *s, int64_t source_date_epoch, bool backwards, struct err *e) MUST_CHECK;

#endif
