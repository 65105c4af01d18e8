/*
 * The name of a whole build: SHA-256 of a canonical JSON document with all that can reach the bytes of an image, its
 * manifest and its reference values: the tool itself, the image format, description, lock, time, what the components'
 * derivations are, and the overlays' trees. Equal names, equal bytes.
 */
#ifndef ASSAY_BUILD_IMAGE_DERIVATION_H
#define ASSAY_BUILD_IMAGE_DERIVATION_H

#include "build/inputs.h"
#include "build/manifest.h"
#include "tree/tree.h"

/* overlays: finished trees, one for each overlay of the description; reproduced: by place in the lock, or NULL. Reads the running program's own file. IO. */
bool image_derivation(uint8_t ret[static SHA256_SIZE], const struct inputs *in,
	const struct component_made *components, struct tree *const *overlays,
	const bool *reproduced, struct err *e) MUST_CHECK;

#endif
