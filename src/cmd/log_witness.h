/*
 * Cosignatures for a log's checkpoint: asks witnesses for them (net/witness_client.h) and adds what they sign to the log.
 */
#ifndef ASSAY_CMD_LOG_WITNESS_H
#define ASSAY_CMD_LOG_WITNESS_H

#include "cmd/verb.h"
#include "log/log_folder.h"

enum { LOG_WITNESS_URLS_MAX = 64 };

/* Rows of the verb's option table that are for this. */
#define LOG_WITNESS_OPTIONS                                                                        \
	{ "--witness", "URL", "ask this witness to cosign it; again for more", true },             \
		{ "--witness-key", "VKEY", "the key of one, if the trust file has it not", true }, \
	{                                                                                          \
		"--trust", "FILE", "witnesses' keys (~/.config/assay/trust.yaml)", false           \
	}

/*
 * Asks each --witness for the log's checkpoint. What the witnesses signed is added even where one of them failed; then *e
 * says of which (the others' failures are printed before), with *code VERB_NO for one that saw another history. Fails: USAGE
 * without a key, MISMATCH, NOTFOUND, SIGNATURE, FORMAT, IO.
 */
bool log_witness_cosign(
	struct log_folder *l, const struct verb_args *args, int *code, struct err *e) MUST_CHECK;

#endif
