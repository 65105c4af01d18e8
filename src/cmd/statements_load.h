/*
 * Statements of rebuilds from files, opened with the keys of the trust file's rebuilders: what a quorum is taken of. Whatever is not
 * such a statement, or is signed by nobody who counts, is set aside with its reason: who publishes rubbish beside good statements
 * prevents nothing.
 */
#ifndef ASSAY_CMD_STATEMENTS_LOAD_H
#define ASSAY_CMD_STATEMENTS_LOAD_H

#include "appraise/quorum_outcome.h"
#include "cmd/verb.h"
#include "trust/statement.h"
#include "trust/statement_key.h"

enum { STATEMENTS_LOAD_MEMORY_MAX = 1 << 30 };
#define STATEMENTS_LOAD_SUFFIX ".dsse.json"

struct statements_aside {
	struct str from, why;
};

/* What an item was opened from. */
struct statements_opened {
	const struct statement *statement;
	uint8_t sha256[SHA256_SIZE]; /* of the envelope */
};

struct statements {
	struct arena *a;
	const struct trust_file *trust; /* borrowed */
	struct statement_key *keys[TRUST_PARTIES_MAX];
	struct quorum_statement items[QUORUM_STATEMENTS_MAX];
	struct statements_opened opened[QUORUM_STATEMENTS_MAX]; /* at the same places */
	size_t n;
	struct statements_aside aside[QUORUM_STATEMENTS_MAX];
	size_t n_aside;
};

/* The caller frees with statements_load_free, also after a failure. */
bool statements_load_new(
	struct statements **ret, const struct trust_file *trust, struct err *e) MUST_CHECK;
void statements_load_free(struct statements *s);
void statements_load_freep(struct statements **s); /* for CLEANUP */

/* An envelope; from is copied. Fails LIMIT above QUORUM_STATEMENTS_MAX of them, else for want of memory only. */
bool statements_load_add(
	struct statements *s, struct str from, struct span envelope, struct err *e) MUST_CHECK;
/* A file, or all files *.dsse.json of a folder. Fails: NOTFOUND, IO, LIMIT. */
bool statements_load_path(struct statements *s, const char *path, struct err *e) MUST_CHECK;

/* Of whom they must be, and when. */
struct statements_asked {
	size_t at_least; /* operators, whatever less the trust file asks for */
	int64_t at_unix;
};

/* Whether they vouch for these values; shape as in quorum_outcome_of. Memory of the outcome is that of s. */
bool statements_load_outcome(struct quorum_outcome *ret, const struct statements *s,
	const struct reference_values *v, const struct reference_shape *shape,
	struct statements_asked asked, struct err *e) MUST_CHECK;

#endif
