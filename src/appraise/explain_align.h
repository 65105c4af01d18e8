/*
 * Two sequences of digests side by side: the longest common subsequence stays in step, the rest is one-sided.
 */
#ifndef ASSAY_APPRAISE_EXPLAIN_ALIGN_H
#define ASSAY_APPRAISE_EXPLAIN_ALIGN_H

#include "base/arena.h"
#include "base/digest.h"

enum { EXPLAIN_ALIGN_CELLS_MAX = 1 << 20 }; /* beyond, only equal heads and tails stay in step */

/* "No element of this side." */
#define EXPLAIN_ALIGN_NONE SIZE_MAX

/* Both set: equal digests. One of them EXPLAIN_ALIGN_NONE: only on the other side. */
struct explain_step {
	size_t want, got;
};

/* At most n_want + n_got steps in the order of both sides, in a. LIMIT. */
bool explain_align(struct explain_step **ret, size_t *n, const struct digest *want, size_t n_want,
	const struct digest *got, size_t n_got, struct arena *a, struct err *e) MUST_CHECK;

#endif
