/*
 * Asking a machine for evidence over HTTP (doc/protocol.md): its identity, then a fresh nonce, for a TPM with a credential
 * that has our own secret in it, then the bundle, which has a binding. What comes back is only parsed here; the appraisal decides.
 */
#ifndef ASSAY_CMD_ASK_H
#define ASSAY_CMD_ASK_H

#include "appraise/appraise_tpm.h"

struct ask_answer {
	uint8_t nonce[BINDING_NONCE_SIZE];
	bool has_challenge; /* of a TPM */
	struct appraise_challenge challenge;
	struct bundle bundle;
	struct buf text; /* the bundle as it came; owned by the caller */
};

/* nonce NULL: a fresh one. All memory but text from a. Fails: IO, FORMAT, LIMIT. */
bool ask_attester(struct ask_answer *ret, const char *url, const uint8_t *nonce, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
