/* What `assay log monitor` tells of entries: a text for a person as they come, or one JSON document. */
#ifndef ASSAY_CMD_LOG_MONITOR_REPORT_H
#define ASSAY_CMD_LOG_MONITOR_REPORT_H

#include "codec/json.h"
#include "log/log_note.h"
#include "log/log_own.h"

struct log_monitor_report {
	bool as_json;
	struct buf json;
	struct json_out w;
	size_t counts[LOG_REBUILT + 1]; /* by standing */
	size_t n;
};

void log_monitor_report_done(struct log_monitor_report *r); /* for CLEANUP */
/* old_size: of what was seen before. */
void log_monitor_report_begin(
	struct log_monitor_report *r, bool as_json, const struct checkpoint *c, uint64_t old_size);
void log_monitor_report_entry(
	struct log_monitor_report *r, uint64_t number, const struct log_entry *entry);
/* n_conflicts lie below place. Fails: LIMIT, IO. */
bool log_monitor_report_end(struct log_monitor_report *r, const struct checkpoint *c,
	uint64_t old_size, size_t n_conflicts, const char *place, struct err *e) MUST_CHECK;
/* Instead of all that: two checkpoints that cannot both be true, kept at place. Fails: LIMIT, IO. */
bool log_monitor_report_conflict(bool as_json, const char *what, const char *place,
	const struct log_note *seen, const struct log_note *shown, struct err *e) MUST_CHECK;
/* Entries that somebody has to look at. */
size_t log_monitor_report_open(const struct log_monitor_report *r);

#endif
