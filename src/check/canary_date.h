/*
 * Dates in bytes, in the ways in which programs write them: ISO 8601, RFC 2822, that of the C preprocessor (__DATE__), of
 * date(1) and ls(1), with slashes or dots; and the DOS date and time of FAT and ZIP (seconds by two, from 1980).
 */
#ifndef ASSAY_CHECK_CANARY_DATE_H
#define ASSAY_CHECK_CANARY_DATE_H

#include <stdbool.h>

#include "base/span.h"

enum canary_date_form {
	CANARY_DATE_TEXT, /* year, month and day, or day and hour */
	CANARY_DATE_DOS,
	CANARY_DATE_PART, /* only a time of day, a year, a day and month, the number of a day */
	CANARY_DATE_FORMS,
};

struct canary_date {
	size_t at, n;
	bool sure; /* not by chance */
};

/* The first place that tells a time from..to (seconds since 1970) of a clock that is offset_s before UTC. */
bool canary_date_find(struct canary_date *ret, enum canary_date_form form, struct span s,
	uint64_t from, uint64_t to, int64_t offset_s);
/* "a date", "a DOS date" */
const char *canary_date_words(enum canary_date_form form);

#endif
