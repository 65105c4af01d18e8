/*
 * Ed25519 (RFC 8032) over a message as it is, by a raw public key. Verifying is libcrypto's.
 */
#ifndef ASSAY_TRUST_ED25519_H
#define ASSAY_TRUST_ED25519_H

#include "base/err.h"
#include "base/span.h"

enum { ED25519_KEY_SIZE = 32, ED25519_SIGNATURE_SIZE = 64 };

/* Fails: SIGNATURE, for a signature of another length, too. */
bool ed25519_verify(const uint8_t key[static ED25519_KEY_SIZE], struct span message,
	struct span signature, struct err *e) MUST_CHECK;

#endif
