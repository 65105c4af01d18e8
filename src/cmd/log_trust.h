/*
 * Whom the log verbs believe: --key and --witness name keys (signed-note keys, trust/note_key.h), else the trust file names log and
 * witnesses.
 */
#ifndef ASSAY_CMD_LOG_TRUST_H
#define ASSAY_CMD_LOG_TRUST_H

#include "cmd/verb.h"
#include "trust/note_quorum.h"

/* Rows of the verb's option table that are for this. */
#define LOG_TRUST_OPTIONS                                                                       \
	{ "--key", "VKEY", "the log's key, NAME+ID+BASE64", false },                            \
		{ "--witness", "VKEY", "the key of a witness; with --quorum", true },           \
		{ "--quorum", "K", "how many of the witnesses must have cosigned", false },     \
		{ "--trust", "FILE", "log and witnesses (~/.config/assay/trust.yaml)", false }, \
	{                                                                                       \
		"--at", "TIME", "judge cosignatures for this time, not now", false              \
	}

/* For the log of that origin. Memory from a. Fails: USAGE when nobody is named for it, FORMAT, as trust_load and at_time_read do. */
bool log_trust_read(struct note_quorum *ret, struct str origin, const struct verb_args *args,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
