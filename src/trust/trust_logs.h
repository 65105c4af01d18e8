/*
 * Transparency logs and witnesses of the trust file: whose checkpoints are believed, and how many of whose cosignatures one
 * needs before it counts.
 */
#ifndef ASSAY_TRUST_TRUST_LOGS_H
#define ASSAY_TRUST_TRUST_LOGS_H

#include "codec/json.h"
#include "trust/note_key.h"

enum { TRUST_LOGS_MAX = 64, TRUST_WITNESSES_MAX = 64 };

struct trust_log {
	struct str origin;   /* first line of its checkpoints */
	struct note_key key; /* Ed25519 */
};

struct trust_logs {
	const struct trust_log *items;
	size_t n;
	const struct note_key *witnesses; /* of cosignatures */
	size_t n_witnesses;
	size_t quorum; /* distinct witnesses that must have cosigned; 0: none are listed, none are asked for */
};

/*
 * Members "logs" and "witnesses" of the trust file. An origin, a name or a key that stands twice is refused, and so is a log
 * that witnesses itself. All memory from a, or borrowed from trust_file. Fails: FORMAT with the line, LIMIT.
 */
bool trust_logs_read(struct trust_logs *ret, const struct json *trust_file, struct arena *a,
	struct err *e) MUST_CHECK;

/* The log of that origin, or NULL. */
const struct trust_log *trust_logs_find(const struct trust_logs *l, struct str origin);

#endif
