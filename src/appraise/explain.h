/*
 * Why a register has another value than predicted: the predicted events of a shape against the events of a log, register
 * by register, aligned by digest. A log is nobody's word: a register's events are looked at only where they replay to the
 * value that was signed, and an event's text is repeated only after its digest was recomputed from it. What is left
 * of the log's own words is marked as such.
 *
 * Explaining decides nothing; the verdict does not depend on it.
 */
#ifndef ASSAY_APPRAISE_EXPLAIN_H
#define ASSAY_APPRAISE_EXPLAIN_H

#include "appraise/reference_values.h"
#include "evidence/bundle.h"
#include "evidence/event_log.h"

enum { EXPLAIN_FINDINGS_MAX = 1000 }; /* what is beyond is counted, not told */

enum explain_kind {
	EXPLAIN_VALUE,    /* the register differs and nothing tells more */
	EXPLAIN_CHANGED,  /* another digest where one was predicted */
	EXPLAIN_ADDED,    /* measured, not predicted */
	EXPLAIN_MISSING,  /* predicted, not measured */
	EXPLAIN_UNLOGGED, /* the log does not account for the signed value */
};

struct explain_finding {
	unsigned reg;
	enum explain_kind kind;
	struct str event;  /* "kernel command line", "option ROM", ... */
	struct str origin; /* file or input of the build; empty for what has none there */
	struct str text;   /* what it means, one sentence */
	struct digest want,
		got; /* of the event, or of the register; alg NONE where there is none */
};

struct explain {
	const struct explain_finding *findings; /* by register, in the order of the log */
	size_t n;
	size_t n_untold; /* findings beyond the maximum */
	struct str
		summary; /* one line: "what differs: the kernel command line"; empty when nothing does, or nothing says what */
	const char *registers; /* what they are called: "PCR", of a shape for TDX "RTMR" */
};

struct explain_in {
	const struct reference_shape *shape;
	const struct bundle_bank
		*values; /* of one bank, signed: the caller has checked the quote */
	/* NULL: there is none. One of another platform than the shape's is none, either. */
	const struct event_log *log;
};

/*
 * Registers without a predicted value are left out. Findings and texts lie in a or are borrowed from the shape. Fails:
 * USAGE when the shape lacks the bank, LIMIT when a is full.
 */
bool explain(struct explain *ret, const struct explain_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

const char *explain_kind_name(enum explain_kind kind); /* "changed" */

#endif
