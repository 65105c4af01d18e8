/*
 * What evidence is bound to: who asked (role), with which nonce, which secret the attester recovered from a credential
 * made for its key, and over which channel. The digest of these goes into what the hardware signs, so nothing of it can
 * be changed afterwards. Fixed in doc/protocol.md.
 */
#ifndef ASSAY_EVIDENCE_BINDING_H
#define ASSAY_EVIDENCE_BINDING_H

#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

enum { BINDING_NONCE_SIZE = 32, BINDING_ROLE_MAX = 32 };

struct binding {
	struct str role; /* "attester"; 1 to BINDING_ROLE_MAX letters a-z and '-' */
	uint8_t nonce[BINDING_NONCE_SIZE];
	uint8_t secret_digest
		[SHA256_SIZE];        /* SHA-256 of the credential's secret; zeroes without one */
	uint8_t channel[SHA256_SIZE]; /* zeroes over plain HTTP */
};

/*
 * H("assay/attest/1" 00 role 00 nonce secret-digest channel) with SHA-256 (a TPM's qualifyingData) or SHA-512 (64-byte
 * report_data fields). Fails: USAGE for a role with other characters.
 */
bool binding_digest(
	struct digest *ret, enum digest_alg alg, const struct binding *b, struct err *e) MUST_CHECK;

#endif
