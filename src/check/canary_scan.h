/*
 * Finding canaries again in the bytes that differ between two builds.
 *
 *   texts    whole or by their tag; as ASCII in upper or lower case, UTF-16LE, or the hexadecimal digits of the ASCII
 *   numbers  decimal, octal (fields of tar), hexadecimal (fields of cpio), 32 and 64 bits of either byte order
 *   times    the same, in seconds, and in decimal in milli-, micro- and nanoseconds; the DOS date and time of FAT
 *            and ZIP; and the usual ways to write a date, in UTC and in the canary's zone
 *
 * A hit is sure when chance does not explain it: a text, a number or date of many digits that stands alone. Others (four bytes
 * somewhere in a file, a time of day, a small number) only say which variation to try first.
 */
#ifndef ASSAY_CHECK_CANARY_SCAN_H
#define ASSAY_CHECK_CANARY_SCAN_H

#include "base/span.h"
#include "check/canary.h"

struct canary_hit {
	const struct canary *canary; /* of c */
	const char *as;              /* "ASCII", "a decimal number": how it is written there */
	size_t at, n;                /* the bytes in b */
	uint64_t value;              /* NUMBER, TIME: of from..to */
	bool sure;
};

/*
 * Looks in b for canaries of these variations that do not stand in a in the same form: at most one hit for each of c's,
 * a sure one where there is one. hits has room for CANARY_MAX. Returns how many.
 */
size_t canary_scan(struct canary_hit *hits, const struct canaries *c, uint64_t variations,
	struct span a, struct span b);

/* The same for texts alone, in whole files: what lies beyond the bytes that diff shows. */
size_t canary_scan_texts(struct canary_hit *hits, const struct canaries *c, uint64_t variations,
	struct span a, struct span b);

#endif
