/*
 * Two logs side by side, register by register: what stays in step by its digest is the same, the rest is on one side.
 */
#ifndef ASSAY_CMD_EVENTLOG_DIFF_LOGS_H
#define ASSAY_CMD_EVENTLOG_DIFF_LOGS_H

#include "cmd/eventlog_load.h"

struct eventlog_diff {
	const struct event_log *a, *b; /* of the same registers */
	enum digest_alg bank;          /* which both have */
};

/* Prints what differs, or that nothing does; *n counts it. */
bool eventlog_diff_logs_print(const struct eventlog_diff *d, size_t *n, struct err *e) MUST_CHECK;
/* The member "differences" of a document: events with "only-in" 1 or 2. */
bool eventlog_diff_logs_put(
	struct json_out *w, const struct eventlog_diff *d, size_t *n, struct err *e) MUST_CHECK;

#endif
