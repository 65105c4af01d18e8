/*
 * The statements of rebuilders that `assay report` shows: those of --statements, else the folder's own statements/, opened with
 * the keys of the user's trust file.
 */
#ifndef ASSAY_CMD_REPORT_STATEMENTS_H
#define ASSAY_CMD_REPORT_STATEMENTS_H

#include "cmd/show_load.h"
#include "cmd/statements_load.h"
#include "cmd/verb.h"
#include "page/report_vouch.h"

/* *statements is the caller's to free, also after a failure, and outlives ret. Fails as statements_load_path does. */
bool report_statements_take(struct report_vouch *ret, struct statements **statements,
	const struct show *s, const struct verb_args *args, const struct trust_file *trust,
	int64_t at_unix, struct err *e) MUST_CHECK;

#endif
