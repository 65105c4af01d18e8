/*
 * A verdict in words, for somebody who has never heard of reference values.
 */
#ifndef ASSAY_CMD_VERDICT_TEXT_H
#define ASSAY_CMD_VERDICT_TEXT_H

#include "appraise/appraise_tpm.h"

/* Prints all checks, what differs, what is not covered, and last the line "verdict: STATUS". */
bool verdict_text_print(const struct appraise_tpm_out *out, const struct appraise_tpm_in *in,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
