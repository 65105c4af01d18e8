/*
 * Statements of rebuilds (trust/statement.h), opened with the keys of the trust file's rebuilders: what a quorum is taken of.
 * Whatever is not such a statement, or is signed by nobody who counts, is set aside with its reason: who publishes rubbish beside
 * good statements prevents nothing. Pure; which files they come from, and whether a log has to hold them, is the caller's matter.
 */
#ifndef ASSAY_APPRAISE_STATEMENTS_H
#define ASSAY_APPRAISE_STATEMENTS_H

#include "appraise/quorum_outcome.h"
#include "trust/statement.h"
#include "trust/statement_key.h"

struct statements_aside {
	struct str from, why;
	size_t place; /* among all that were given, from 1 */
};

/* What an item was opened from. */
struct statements_opened {
	const struct statement *statement;
	uint8_t sha256[SHA256_SIZE]; /* of the envelope */
	size_t place;                /* likewise */
};

struct statements {
	struct arena *a;                /* borrowed */
	const struct trust_file *trust; /* borrowed */
	struct statement_key *keys[TRUST_PARTIES_MAX];
	struct quorum_statement items[QUORUM_STATEMENTS_MAX];
	struct statements_opened opened[QUORUM_STATEMENTS_MAX]; /* at the same places */
	size_t n;
	struct statements_aside aside[QUORUM_STATEMENTS_MAX];
	size_t n_aside;
};

/*
 * None yet. All memory from a but that of the keys, which statements_free releases before a is freed. Fails: LIMIT; FORMAT for a
 * key that trust_file_parse did not take.
 */
bool statements_new(struct statements **ret, const struct trust_file *trust, struct arena *a,
	struct err *e) MUST_CHECK;
void statements_free(struct statements *s); /* s may be NULL */

/*
 * An envelope; from, for people, is copied. What is set aside gives back the memory that it took to read, up to ninety times its
 * own size, but for the reason. Fails LIMIT above QUORUM_STATEMENTS_MAX of them, else for want of memory only.
 */
bool statements_add(
	struct statements *s, struct str from, struct span envelope, struct err *e) MUST_CHECK;
/* One that could not even be read. Fails likewise. */
bool statements_set_aside(
	struct statements *s, struct str from, struct str why, struct err *e) MUST_CHECK;

/* Of whom they must be, and when. */
struct statements_asked {
	size_t at_least; /* operators, whatever less the trust file asks for */
	int64_t at_unix;
};

/*
 * Whether they vouch for these values, and which of them count for nothing; shape as in quorum_outcome_of. Memory of the outcome
 * is that of s. Fails LIMIT.
 */
bool statements_outcome(struct quorum_outcome *ret, const struct statements *s,
	const struct reference_values *v, const struct reference_shape *shape,
	struct statements_asked asked, struct err *e) MUST_CHECK;

#endif
