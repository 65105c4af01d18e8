/*
 * How a verifier asks an attester for evidence: in a role, with a nonce, and with a credential that only the TPM with the
 * named endorsement key can open (doc/protocol.md).
 */
#ifndef ASSAY_EVIDENCE_CHALLENGE_H
#define ASSAY_EVIDENCE_CHALLENGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "evidence/binding.h"

#define CHALLENGE_FORMAT "assay.challenge/1"
enum { CHALLENGE_SIZE_MAX = 16 << 10 };

struct challenge {
	struct str role;
	uint8_t nonce[BINDING_NONCE_SIZE];
	struct span id_object, encrypted_secret; /* p NULL: without a credential */
};

/* All memory from a. Fails: FORMAT, LIMIT. */
bool challenge_parse(
	struct challenge *ret, struct span json, struct arena *a, struct err *e) MUST_CHECK;
void challenge_emit(const struct challenge *c, struct buf *out);

#endif
