/*
 * What `assay lock` tells: the suites and how old they are, the packages that are other than before, which registers
 * that moves, and how big the sets are; for a person, or as one JSON document.
 */
#ifndef ASSAY_CMD_LOCK_REPORT_H
#define ASSAY_CMD_LOCK_REPORT_H

#include "build/lock_effect.h"
#include "codec/json.h"
#include "lock/lock_source_change.h"

struct lock_report {
	const struct description *d;
	const struct lock *before; /* NULL: there was none that can be read */
	const struct lock *after;
	bool made; /* else `after` is what was there, and fits */
	struct lock_change_list changes;
	struct lock_source_change_list source_changes;
	struct lock_effect effect;
	int64_t now;
};

void lock_report_print(const struct lock_report *r);
bool lock_report_json(const struct lock_report *r, struct err *e) MUST_CHECK;
/* Old Releases and such from the future, on standard error. */
void lock_report_warn(const struct lock_report *r);
/* The member "suites". */
void lock_report_suites_json(struct json_out *w, const struct lock *l);

#endif
