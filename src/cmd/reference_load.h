/*
 * Reference values from a file, and who vouches for them as far as this machine's store knows.
 */
#ifndef ASSAY_CMD_REFERENCE_LOAD_H
#define ASSAY_CMD_REFERENCE_LOAD_H

#include "appraise/appraise.h"

/* The bytes live in a, as does all of ret; sha256 is of the file. */
bool reference_load(struct reference_values *ret, uint8_t sha256[static SHA256_SIZE],
	const char *path, struct arena *a, struct err *e) MUST_CHECK;

/*
 * BUILT_HERE only when the store's own record says that it made this manifest and these very bytes, and nobody else
 * could have written that record. store NULL: the default store, where no store means no record.
 */
bool reference_load_vouch(enum appraise_vouch *ret, const struct reference_values *v,
	const uint8_t sha256[static SHA256_SIZE], const char *store, struct err *e) MUST_CHECK;

/* "computed", "observed", "no value", for a person. */
const char *reference_load_how(enum reference_how how);

#endif
