/*
 * Reference values as the flat JSON of measured-boot tools: {"measurements": {"4": {"expected": HEX}, ...}}, registers by
 * number (of TDX 0 is MRTD, and 1 to 4 are RTMR 0 to 3). Of an enclave the form of nitro-cli: {"Measurements":
 * {"HashAlgorithm": "SHA384", "PCR0": HEX, ...}}.
 */
#ifndef ASSAY_APPRAISE_EXPORT_FLAT_H
#define ASSAY_APPRAISE_EXPORT_FLAT_H

#include "appraise/reference_values.h"

/* One shape, which export_words_check took. out has its maximum. LIMIT. */
bool export_flat(struct buf *out, const struct reference_shape *s, struct err *e) MUST_CHECK;

#endif
