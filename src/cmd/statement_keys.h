/*
 * Whose signatures count for `assay statement`: the keys of --key, or without them the rebuilders of the trust file.
 */
#ifndef ASSAY_CMD_STATEMENT_KEYS_H
#define ASSAY_CMD_STATEMENT_KEYS_H

#include "cmd/verb.h"
#include "trust/statement.h"

/* Rows of a verb's option table that are for this. */
#define STATEMENT_KEYS_OPTIONS                                                                  \
	{ "--key", "KEY", "a line of `assay key show`, or a public key (PEM)", true },          \
	{                                                                                       \
		"--trust", "FILE", "whose rebuilders count (~/.config/assay/trust.yaml)", false \
	}

/* Parallel lists; a zeroed one is empty. */
struct statement_keys {
	struct statement_key *keys[STATEMENT_KEYS_MAX];
	struct str names[STATEMENT_KEYS_MAX];     /* of a rebuilder; else empty */
	struct str operators[STATEMENT_KEYS_MAX]; /* likewise */
	size_t n;
	bool from_trust_file;
};

/* Text from a. *ret is for statement_keys_done, also after a failure. Fails: as the readers; LIMIT; USAGE for both options. */
bool statement_keys_load(struct statement_keys *ret, const struct verb_args *args, struct arena *a,
	struct err *e) MUST_CHECK;
void statement_keys_done(struct statement_keys *k);

#endif
