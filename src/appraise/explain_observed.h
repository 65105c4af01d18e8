/*
 * Why a register differs whose value was observed on a machine, so that no single event is predicted: it is other firmware,
 * or the firmware is the one that was observed and something more was measured behind it. A log's text says what was
 * measured and never by whom: whatever runs later can extend a register of the firmware, too.
 */
#ifndef ASSAY_APPRAISE_EXPLAIN_OBSERVED_H
#define ASSAY_APPRAISE_EXPLAIN_OBSERVED_H

#include "appraise/explain.h"

struct explain_observed {
	const struct event_log *log;
	const struct event_log_registers
		*replay; /* of that log, which gives the register's value */
	unsigned reg;
	const struct digest
		*value; /* as observed; another one than the log's, of the replay's bank */
};

/* One sentence, with its kind and part (explain_meaning.h). Borrowed from a; p NULL: a is full. */
struct str explain_observed_text(
	enum explain_kind *kind, unsigned *part, const struct explain_observed *o, struct arena *a);

#endif
