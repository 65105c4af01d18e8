/*
 * What a component gave, as files again: each output in the place where the steps left it below /out, wherever it goes in
 * the image.
 */
#ifndef ASSAY_BUILD_COMPONENT_LAY_H
#define ASSAY_BUILD_COMPONENT_LAY_H

#include "build/component.h"

/* Where a product stands, seen from /out; appended. Of a folder's own entry that is the folder. */
void component_lay_path(struct buf *path, const struct component_product *p);

/*
 * Makes all of it in the folder that dir is open on, which is empty: files 0755 or 0644 by the owner's x bit, folders 0755, every
 * time time_unix. Where two outputs take one file, it is that of the first. IO.
 */
bool component_lay(
	int dir, const struct component_result *r, int64_t time_unix, struct err *e) MUST_CHECK;

#endif
