/*
 * What a component is made from, found before anything runs: the files of a folder, or what was fetched of a git tree, a
 * tarball, a source package.
 */
#ifndef ASSAY_BUILD_COMPONENT_INPUTS_H
#define ASSAY_BUILD_COMPONENT_INPUTS_H

#include "build/component.h"

/*
 * Fills sources and debian of *ret; memory from a. NOTFOUND for what was not fetched, as component_source_collect for a
 * folder, MISMATCH for a git tree that is not pinned.
 */
bool component_inputs(struct component_result *ret, struct store *s, const struct lock *l,
	const struct description *d, const struct component *c, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
