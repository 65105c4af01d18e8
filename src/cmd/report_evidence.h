/*
 * The verdict that `assay report` shows: from a file that tells it, or appraised from evidence as `assay verify` does.
 */
#ifndef ASSAY_CMD_REPORT_EVIDENCE_H
#define ASSAY_CMD_REPORT_EVIDENCE_H

#include "appraise/statements.h"
#include "cmd/show_load.h"
#include "cmd/verb.h"
#include "page/report_page.h"

/* Rows of the verb's option table that are for this. */
#define REPORT_EVIDENCE_OPTIONS                                                                 \
	{ "--evidence", "FILE", "a machine's evidence: its verdict is on the page", false },    \
		{ "--verdict", "FILE", "the same as `assay verify --json` printed it", false }, \
		{ "--nonce", "HEX", "the nonce that the evidence must answer", false },         \
		{ "--report-data", "HEX", "what another tool had hardware sign", false },       \
		{ "--report-data-is-fresh", NULL, "it was made for this exchange: a nonce",     \
			false },                                                                \
		{ "--shape", "NAME", "which of the values, where several are for it", false },  \
		{ "--policy", "FILE", "what is demanded of it, see assay-policy(5)", false },   \
		{ "--at", "TIME", "as of 2026-11-23T12:00:00Z, or seconds", false },            \
	{                                                                                       \
		"--store", "DIR", "the store of build records (~/.cache/assay)", false          \
	}

/* What the user says of whom they trust, and as of when; what is appraised borrows it. */
struct report_trust {
	const struct trust_file *file;
	const struct statements *statements; /* of rebuilders */
	int64_t at_unix;
};

struct report_evidence {
	struct told_verdict verdict;
	struct explain explain;
	bool is_there, appraised_here, explained;
};

/*
 * Nothing is asked for: is_there stays false. All memory from a, which outlives ret. Fails: USAGE for both options, as appraising
 * does, MISMATCH for a verdict whose reference values were of another manifest.
 */
bool report_evidence_take(struct report_evidence *ret, const struct show *s,
	const struct report_trust *trust, const struct verb_args *args, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
