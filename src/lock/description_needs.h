/*
 * What components need of each other: every name in `needs:` is a component's, no component needs itself by way of
 * others, and the order in which they are built.
 */
#ifndef ASSAY_LOCK_DESCRIPTION_NEEDS_H
#define ASSAY_LOCK_DESCRIPTION_NEEDS_H

#include "codec/json.h"
#include "lock/description.h"

/*
 * Fills d->build_order, the arena's: as the description has them, but each behind what it needs. list is what d->components
 * was read from. FORMAT with line for a name that is none, and for a circle; LIMIT.
 */
bool description_needs(
	struct description *d, const struct json *list, struct arena *a, struct err *e) MUST_CHECK;

#endif
