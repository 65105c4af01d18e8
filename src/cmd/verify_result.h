/*
 * What `assay verify` prints: a text for a person, an EAR in JSON, or an EAR as a token signed with the caller's key.
 */
#ifndef ASSAY_CMD_VERIFY_RESULT_H
#define ASSAY_CMD_VERIFY_RESULT_H

#include "appraise/appraise.h"
#include "cmd/verb.h"
#include "trust/private_key.h"

/* Rows of the verb's option table that are for this. */
#define VERIFY_RESULT_OPTIONS                                                                \
	{ "--json", NULL, "print an EAR with the AR4SI vector", false },                     \
	{                                                                                    \
		"--jwt", "KEY", "print it as a JWT, signed with this P-256 key (PEM)", false \
	}

/* *key is NULL without --jwt. USAGE when the options contradict each other. */
bool verify_result_key(
	struct private_key **key, const struct verb_args *args, struct err *e) MUST_CHECK;
/* values: NULL without reference values. */
bool verify_result_print(const struct appraise_out *out, const struct appraise_in *in,
	const struct reference_values *values, const struct private_key *key,
	const struct verb_args *args, struct arena *a, struct err *e) MUST_CHECK;

#endif
