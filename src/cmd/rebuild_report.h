/*
 * What `assay rebuild` tells: the verdict for a person, and of this machine what goes into the statement's part `by`.
 */
#ifndef ASSAY_CMD_REBUILD_REPORT_H
#define ASSAY_CMD_REBUILD_REPORT_H

#include "build/rebuild_statement.h"

/* Time, kernel, processors, user, and this program's own digest; text from a. */
bool rebuild_report_machine(struct rebuild_by *by, uint8_t tool_sha256[static SHA256_SIZE],
	struct arena *a, struct err *e) MUST_CHECK;

/* The verdict on standard output, one fact a line; result_sha256 is of the part `result`. */
void rebuild_report_print(const struct rebuild_result *r, const struct rebuild_by *by,
	const uint8_t result_sha256[static SHA256_SIZE]);

/* For an answer that is not an unconditional yes: what a person does now. out: where it was built. */
void rebuild_report_hint(const struct rebuild_result *r, const struct rebuild_by *by,
	const char *target, const char *out);

#endif
