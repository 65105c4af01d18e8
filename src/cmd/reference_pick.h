/*
 * Which shape of reference values a machine's evidence is held against: the one that is named, else the one for its platform,
 * else, of several, the one whose values are the evidence's.
 */
#ifndef ASSAY_CMD_REFERENCE_PICK_H
#define ASSAY_CMD_REFERENCE_PICK_H

#include "appraise/reference_values.h"
#include "evidence/bundle.h"

/*
 * name: p NULL where none was given. *by_value: several were there, and the evidence's registers, as they stand there,
 * picked it. bank: of a TPM. Fails: NOTFOUND, USAGE when none or more than one of several fits, LIMIT.
 */
bool reference_pick(const struct reference_shape **ret, bool *by_value,
	const struct reference_values *v, struct str name, const struct bundle *evidence,
	enum digest_alg bank, struct arena *a, struct err *e) MUST_CHECK;

#endif
