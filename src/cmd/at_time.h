/*
 * A time given on the command line: "2026-11-23T12:00:00Z" or seconds since 1970.
 */
#ifndef ASSAY_CMD_AT_TIME_H
#define ASSAY_CMD_AT_TIME_H

#include <stdint.h>

#include "base/err.h"

/* text NULL: now. USAGE for anything else than the two forms, or a day that the calendar does not have. */
bool at_time_read(int64_t *ret_unix, const char *text, struct err *e) MUST_CHECK;

#endif
