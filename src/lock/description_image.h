/*
 * The member `image:` of assay.yaml, what is laid over the packages to make a machine: see doc/assay.yaml.md.
 */
#ifndef ASSAY_LOCK_DESCRIPTION_IMAGE_H
#define ASSAY_LOCK_DESCRIPTION_IMAGE_H

#include "codec/json.h"
#include "lock/description.h"

/* Fills the members of *ret from command_line on. Fails as description_parse. */
bool description_image_parse(struct description *ret, const struct json *image, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
