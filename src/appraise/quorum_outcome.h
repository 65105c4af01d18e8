/*
 * Whether rebuilders vouch for the reference values that a machine is held against: as many operators as the quorum asks
 * for gave one result, and it is that of these very values. As many of them must have followed every package to its archive's
 * signature, and observed what nobody can compute (PCR 0): a publication must not bring packages or a firmware of its own along.
 */
#ifndef ASSAY_APPRAISE_QUORUM_OUTCOME_H
#define ASSAY_APPRAISE_QUORUM_OUTCOME_H

#include "appraise/quorum.h"

/* A zeroed one vouches for nothing. */
struct quorum_outcome {
	bool vouched;
	size_t needed, n; /* operators that are asked for, that said it */
	size_t group;     /* of the quorum, when vouched */
	struct str who;   /* "Alice and Bob" */
	struct str why;   /* it is not vouched for; for a person */
	struct str
		unheard; /* which statements count for nothing, and why; empty: none (statements.h) */
};

/*
 * shape: of the values, that is used; NULL: all of them. True when there is an outcome, whatever it is. Memory from a. Fails
 * LIMIT.
 */
bool quorum_outcome_of(struct quorum_outcome *ret, const struct quorum *q,
	const struct reference_values *v, const struct reference_shape *shape, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
