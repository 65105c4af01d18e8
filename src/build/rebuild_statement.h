/*
 * What a rebuild says, as an in-toto Statement v1 without a signature: canonical JSON whose predicate has two parts.
 * `result` is what any two rebuilders must agree on to the byte: no time, no machine, no words of an error. `by` is who
 * found it and how; it is never compared. doc/rebuild-statement.md describes every member; trust/rebuild_claim.h reads it.
 */
#ifndef ASSAY_BUILD_REBUILD_STATEMENT_H
#define ASSAY_BUILD_REBUILD_STATEMENT_H

#include "build/rebuild_compare.h"
#include "trust/statement.h"

enum { REBUILD_STATEMENT_MAX = STATEMENT_SIZE_MAX };

/* Part of `result`. */
struct rebuild_result {
	const struct rebuild_comparison *comparison;
	struct rebuild_side published, rebuilt;
	const uint8_t *description_sha256, *lock_sha256;
	const uint8_t
		*values_sha256; /* reference_computed_sha256 of what was built; NULL: nothing was */
	const char *failed_at;  /* "lock", "build"; NULL: it did not fail */
};

/* Part of `by`. Text may be anything that is UTF-8; NULL: left out. */
struct rebuild_by {
	const char *name;
	const char *tool; /* "assay 0.1.0" */
	const uint8_t *tool_sha256;
	int64_t at_unix;
	bool chain_verified;
	const char *chain_why; /* why it is not */
	const char *why;       /* it failed */
	uint64_t n_components_made;
	/* What is likely to be other than at other rebuilders. */
	const char *kernel, *processor;
	uint64_t n_processors;
	bool as_root;
};

/* The result alone as a document, and its digest: what two rebuilders compare. Fails LIMIT. */
bool rebuild_statement_result(const struct rebuild_result *r, struct buf *out,
	uint8_t sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;
/* Its member "subject": what was published; where nothing was, what was built, or else the lock. */
void rebuild_statement_subjects(struct json_out *w, const struct rebuild_result *r);
bool rebuild_statement_emit(const struct rebuild_result *r, const struct rebuild_by *by,
	struct buf *out, struct err *e) MUST_CHECK;

#endif
