/*
 * The members of one element of `components:` in assay.yaml.
 */
#ifndef ASSAY_LOCK_DESCRIPTION_COMPONENT_H
#define ASSAY_LOCK_DESCRIPTION_COMPONENT_H

#include "codec/json.h"
#include "lock/description.h"

/* The toolchains of d are there already. FORMAT and LIMIT with line and member. */
bool description_component_parse(struct component *ret, const struct json *o,
	const struct description *d, struct arena *a, struct err *e) MUST_CHECK;

/* What `release:` may name, ending with NULL: the channels of box/box_view.h, in their order. */
extern const char *const description_component_channels[];

#endif
