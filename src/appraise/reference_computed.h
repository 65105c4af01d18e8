/*
 * What of reference values follows from the image alone, as one digest: all but the values that somebody observed (PCR 0) and
 * words about them. Rebuilders put it into their result, so that who has a file of reference values can tell whether it is the one
 * that they rebuilt: values, but also what covers what, and which events a value is folded from.
 */
#ifndef ASSAY_APPRAISE_REFERENCE_COMPUTED_H
#define ASSAY_APPRAISE_REFERENCE_COMPUTED_H

#include "appraise/reference_values.h"

/*
 * SHA-256 of the canonical file (reference_values_emit) with its computed registers only and without the notes of its coverage,
 * which say whether PCR 0 was observed. Fails LIMIT.
 */
bool reference_computed_sha256(uint8_t ret[static SHA256_SIZE], const struct reference_values *v,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
