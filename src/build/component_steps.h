/*
 * What a component's box runs: the steps of the description and, before them, what its source needs.
 */
#ifndef ASSAY_BUILD_COMPONENT_STEPS_H
#define ASSAY_BUILD_COMPONENT_STEPS_H

#include "lock/description.h"
#include "lock/lock.h"

struct component_steps {
	const struct argument_list *items;
	size_t n;
	size_t n_before; /* of them, that the description does not name: the patches of a source package */
};

/* debian: NULL unless the source is a source package. Lists are the arena's: LIMIT. */
bool component_steps(struct component_steps *ret, const struct component *c,
	const struct lock_source *debian, struct arena *a, struct err *e) MUST_CHECK;

#endif
