/*
 * What a rebuilder's claim (trust/rebuild_claim.h) is beside an image that is at hand: whether it is about that image, and where
 * it says something else.
 */
#ifndef ASSAY_PAGE_REPORT_CLAIM_H
#define ASSAY_PAGE_REPORT_CLAIM_H

#include "appraise/reference_values.h"
#include "build/manifest_parse.h"
#include "trust/rebuild_claim.h"

struct report_image {
	const struct manifest *manifest;
	const uint8_t *manifest_sha256; /* of the file */
	const struct reference_values *values;
};

/* It was held against this manifest; or against none, with the description and lock of this one. */
bool report_claim_is_about(const struct rebuild_claim *c, const struct report_image *image);

/* A computed value of the image for which the claim has another one. */
struct report_claim_difference {
	const struct reference_shape *shape;
	const struct reference_register *reg;
	size_t bank;
	struct digest rebuilt;
};

/* The next one from *at on, which begins as 0; false: there is none any more. */
bool report_claim_next(struct report_claim_difference *ret, size_t *at,
	const struct rebuild_claim *c, const struct reference_values *v);

/* It is about the image, and tells of a failure, of a difference, or of another value. */
bool report_claim_differs(const struct rebuild_claim *c, const struct report_image *image);

#endif
