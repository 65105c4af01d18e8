/*
 * What a store remembers of a component's run, under the derivation: JSON "assay.component/2" with `outputs` in the order of
 * the description, each `from` with `size` and `sha256` of a file, or with `tree` of a folder: all below it in the tree's order,
 * `path` (seen from the folder, "" for itself) and `kind`: "folder"; "file" with `executable`, `size`, `sha256`; "link" with `target`.
 */
#ifndef ASSAY_BUILD_COMPONENT_RECORD_H
#define ASSAY_BUILD_COMPONENT_RECORD_H

#include "build/component.h"

/* MISMATCH "gave other bytes than before" when another record stands there. */
bool component_record_put(struct store *s, const struct component *c,
	const struct component_result *r, struct err *e) MUST_CHECK;
/*
 * *found: there is a whole record whose objects are in the store, and products of *r are filled from it; else the steps
 * run again. Memory from a. IO, LIMIT.
 */
bool component_record_get(struct component_result *r, bool *found, struct store *s,
	const struct component *c, struct arena *a, struct err *e) MUST_CHECK;

#endif
