/*
 * A verdict in words, for somebody who has never heard of reference values.
 */
#ifndef ASSAY_CMD_VERDICT_TEXT_H
#define ASSAY_CMD_VERDICT_TEXT_H

#include "appraise/appraise.h"
#include "cmd/verdict_words.h"

/*
 * Prints all checks, what differs, what runs, what is not covered, where the bytes of the image come from as its manifest says, and
 * last the line "verdict: STATUS". values: those that in->shape is of; NULL without reference values. age: what the check "nonce" says
 * when it has passed.
 */
bool verdict_text_print(const struct appraise_out *out, const struct appraise_in *in,
	const struct reference_values *values, enum verdict_words_age age, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
