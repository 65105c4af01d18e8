/*
 * A verification summary (VSA, https://slsa.dev/verification_summary/v1) as an in-toto Statement v1: what somebody who asked k of n
 * rebuilders found, for those who take his word. SLSA_BUILD_REPRODUCED stands in it only where at least two operators that are
 * independent of each other, and no fewer than were asked for, rebuilt the image to the same bytes: every statement says
 * "identical", and all results are equal to the byte. Anything less is FAILED, without a level; there is no third word.
 */
#ifndef ASSAY_TRUST_SLSA_SUMMARY_H
#define ASSAY_TRUST_SLSA_SUMMARY_H

#include "trust/statement.h"

#define SLSA_SUMMARY_REPRODUCED "SLSA_BUILD_REPRODUCED"
enum { SLSA_SUMMARY_INPUTS_MAX = 256, SLSA_SUMMARY_OPERATORS_MIN = 2 };

/* A statement of a rebuild that was verified (statement_open) with a key of that operator. */
struct slsa_summary_input {
	const struct statement *statement;
	uint8_t sha256[SHA256_SIZE]; /* of the envelope's file */
	struct str operated_by;
	struct str uri; /* where it is; may be empty */
};

struct slsa_summary {
	struct str verifier;          /* URI of who found it */
	struct str resource_uri;      /* of what was rebuilt */
	struct str policy_uri;        /* of what was demanded: the trust file; may be empty */
	const uint8_t *policy_sha256; /* may be NULL where there is a URI */
	size_t needed;                /* operators; below 2 is 2 */
	int64_t at_unix; /* when it was verified; 0: left out, and the same bytes each time */
	const struct slsa_summary_input *inputs;
	size_t n_inputs;
};

/*
 * The statement, appended, and whether it says PASSED. Its subjects are those of the first input. Fails: USAGE without an input, for
 * one that is no statement of a rebuild, without verifier, resource or policy; LIMIT.
 */
bool slsa_summary_emit(
	struct buf *out, bool *passed, const struct slsa_summary *s, struct err *e) MUST_CHECK;

#endif
