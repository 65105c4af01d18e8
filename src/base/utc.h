/*
 * Seconds since 1970 as people and formats write them (RFC 3339, UTC), without the C library's calendar: it asks the
 * machine for zones.
 */
#ifndef ASSAY_BASE_UTC_H
#define ASSAY_BASE_UTC_H

#include <stdint.h>

#include "base/str.h"

enum { UTC_SIZE = sizeof "9999-12-31T23:59:59Z" };

/* "2026-11-27T02:10:00Z", terminated. Before 1970 is 1970, beyond the year 9999 is its last second. */
void utc_write(char out[static UTC_SIZE], int64_t unix_time);

/* Exactly the form that utc_write gives, from 1970 on, of a day that the calendar has; *ret untouched otherwise. */
bool utc_read(struct str s, int64_t *ret) MUST_CHECK;

#endif
