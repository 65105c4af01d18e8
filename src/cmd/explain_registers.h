/*
 * Why registers hold something else than predicted, in words: by event where there is a log, by the inputs of the other shapes of
 * the same reference values, and where that ends, by which verb to go on. It decides nothing.
 */
#ifndef ASSAY_CMD_EXPLAIN_REGISTERS_H
#define ASSAY_CMD_EXPLAIN_REGISTERS_H

#include "appraise/explain.h"

struct explain_registers {
	const struct reference_values *values;
	const struct reference_shape *shape; /* of these */
	const struct bundle_bank *measured;  /* numbered as platform.h does */
	const struct event_log *log;         /* NULL: none */
};

/* *differ: how many registers do. A shape without the bank explains nothing, and 0 differ. */
bool explain_registers_print(size_t *differ, const struct explain_registers *x, struct arena *a,
	struct err *e) MUST_CHECK;

/* The measured values by the numbers that a log has, which differ where MRTD comes before the RTMRs. */
struct bundle_bank explain_registers_by_log(const struct explain_registers *x);

#endif
