/*
 * The platform shape "nitro-enclave": an AWS Nitro enclave that starts from an enclave image. From the image alone to the
 * values, events and coverage table of one shape in reference-values.json. An enclave has no firmware and no disk.
 */
#ifndef ASSAY_APPRAISE_SHAPE_NITRO_ENCLAVE_H
#define ASSAY_APPRAISE_SHAPE_NITRO_ENCLAVE_H

#include "appraise/reference_values.h"

#define SHAPE_NITRO_ENCLAVE "nitro-enclave"

/* Bank SHA-384. All memory from a; borrows nothing. Fails as eif_parse and eif_signature_parse. */
bool shape_nitro_enclave(
	struct reference_shape *ret, struct span image, struct arena *a, struct err *e) MUST_CHECK;

#endif
