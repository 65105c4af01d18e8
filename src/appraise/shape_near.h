/*
 * Which shapes of the same reference values would have given a register the value that a machine reports, and which inputs
 * they have that the expected shape has not: "vcpus is 4, expected was 2". It decides nothing.
 */
#ifndef ASSAY_APPRAISE_SHAPE_NEAR_H
#define ASSAY_APPRAISE_SHAPE_NEAR_H

#include "appraise/reference_values.h"

enum { SHAPE_NEAR_INPUTS_MAX = 16 };

struct shape_near_input {
	struct str name;
	struct str expected, fits; /* values; n 0 where a shape has no such input */
};

struct shape_near {
	const struct reference_shape *shape;
	struct shape_near_input inputs[SHAPE_NEAR_INPUTS_MAX];
	size_t n_inputs;
	size_t n_untold; /* beyond the maximum */
};

/*
 * The next shape behind *at (0 at first) of expected's platform that gives the register this value; false when there is none.
 * All is borrowed from v and expected.
 */
bool shape_near_next(struct shape_near *ret, size_t *at, const struct reference_values *v,
	const struct reference_shape *expected, unsigned reg, const struct digest *value);

#endif
