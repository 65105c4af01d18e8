/*
 * What a difference between predicted and logged events means, in a sentence: which event, which file or input of the
 * build, and what of the log's text its digest proves.
 */
#ifndef ASSAY_APPRAISE_EXPLAIN_MEANING_H
#define ASSAY_APPRAISE_EXPLAIN_MEANING_H

#include "appraise/explain.h"

/* What can differ, as bits, for the one-line summary. */
enum explain_part {
	EXPLAIN_FIRMWARE = 1 << 0,
	EXPLAIN_OPTION_ROM = 1 << 1,
	EXPLAIN_BOOT_ATTEMPT = 1 << 2,
	EXPLAIN_PROGRAM = 1 << 3,
	EXPLAIN_PARTITIONS = 1 << 4,
	EXPLAIN_VARIABLES = 1 << 5,
	EXPLAIN_KERNEL = 1 << 6,
	EXPLAIN_COMMAND_LINE = 1 << 7,
	EXPLAIN_INITRD = 1 << 8,
	EXPLAIN_INITRD_HANDED = 1 << 9, /* what the kernel got: may follow from others */
	EXPLAIN_OS_RELEASE = 1 << 10,
	EXPLAIN_SECTION = 1 << 11,
	EXPLAIN_HOST_INPUT = 1 << 12,
	EXPLAIN_EXTENSION = 1 << 13,
	EXPLAIN_SHIM = 1 << 14,
	EXPLAIN_PHASES = 1 << 15,
	EXPLAIN_NOT_LOGGED = 1 << 16,
	EXPLAIN_COMMAND_LINE_HANDED = 1 << 17, /* what the kernel got: may follow from others */
	EXPLAIN_LOADER = 1 << 18,              /* in RTMR 2, and nothing tells more */
	EXPLAIN_APPLICATION = 1 << 19,         /* in RTMR 3 */
	EXPLAIN_FURTHER = 1 << 20,             /* in a register of the firmware, by whomever */
};

/* One difference: want is NULL for an added event, got for a missing one; there is always a log. */
struct explain_difference {
	const struct event *want;
	const struct event_log *log;
	const struct event_log_event *got;
};

/* Sets reg, kind, event, origin, text of *f (not the digests) and adds to *parts. LIMIT when a is full. */
bool explain_meaning(struct explain_finding *f, unsigned *parts, const struct explain_difference *d,
	struct arena *a, struct err *e) MUST_CHECK;

/* "what differs: A, B"; empty for no parts. p NULL: a is full. */
struct str explain_summary(unsigned parts, struct arena *a);

#endif
