/*
 * What a statement says and who signed it, for people and for programs.
 */
#ifndef ASSAY_CMD_STATEMENT_REPORT_H
#define ASSAY_CMD_STATEMENT_REPORT_H

#include "cmd/statement_file.h"
#include "cmd/statement_keys.h"

#define STATEMENT_REPORT_FORMAT "assay.statement/1"

enum statement_signature_state {
	STATEMENT_SIGNATURE_UNKNOWN, /* no key at hand is its key */
	STATEMENT_SIGNATURE_BAD,     /* it names its key in the hint, and does not verify with it */
	STATEMENT_SIGNATURE_HOLDS, /* with the key that its hint names: whose that is, nobody says */
	STATEMENT_SIGNATURE_COUNTS, /* with one of the keys that were given or are trusted */
};

struct statement_signature {
	enum statement_signature_state state;
	struct str line;              /* of its key; empty when UNKNOWN */
	struct str hint;              /* as it stands in the envelope */
	struct str name, operated_by; /* of a rebuilder that is trusted */
};

struct statement_report {
	const struct statement_file *file;
	struct statement_signature
		signatures[DSSE_SIGNATURES_MAX]; /* those of the envelope, in its order */
	size_t n_counting, n_bad;
};

/* Verifies each signature by itself. Text from a. Fails: LIMIT. */
bool statement_report_make(struct statement_report *ret, const struct statement_file *f,
	const struct statement_keys *keys, struct arena *a, struct err *e) MUST_CHECK;
void statement_report_text(const struct statement_report *r);
bool statement_report_json(const struct statement_report *r, struct err *e) MUST_CHECK;

#endif
