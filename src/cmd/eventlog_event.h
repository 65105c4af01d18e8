/*
 * One event of a log for people and for programs. The log's words may be anybody's; here they are made harmless.
 */
#ifndef ASSAY_CMD_EVENTLOG_EVENT_H
#define ASSAY_CMD_EVENTLOG_EVENT_H

#include "cmd/eventlog_load.h"

/* Number, register and type, then its digests and what it says, a line each. number is counted from 1. */
bool eventlog_event_print(
	const struct event_log *log, size_t number, struct arena *a, struct err *e) MUST_CHECK;
/* One line behind a mark ("-"): number, register, type, and the most telling of what it says. */
bool eventlog_event_line(const char *mark, const struct event_log *log, size_t number,
	struct arena *a, struct err *e) MUST_CHECK;
/* An object. */
bool eventlog_event_put(struct json_out *w, const struct event_log *log, size_t number,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
