/*
 * A private key on the curve P-384, from PEM, that signs with ECDSA and SHA-384 and gives the same signature each time
 * (RFC 6979): what an image brings along must not depend on a random number. The arithmetic is libcrypto's, which checks
 * each signature before it is given out.
 */
#ifndef ASSAY_IMAGE_P384_KEY_H
#define ASSAY_IMAGE_P384_KEY_H

#include "base/err.h"
#include "base/span.h"

enum { P384_KEY_FILE_MAX = 64 << 10, P384_KEY_NUMBER = 48 };

struct p384_key; /* opaque; owned by the caller */

/* One private key without a passphrase. Fails: FORMAT when there is none; USAGE with a passphrase or of another kind. */
bool p384_key_of_pem(struct p384_key **ret, struct span pem, struct err *e) MUST_CHECK;
void p384_key_free(struct p384_key *k);
void p384_key_freep(struct p384_key **k); /* for CLEANUP */

/* The public point, big-endian. */
void p384_key_public(const struct p384_key *k, uint8_t x[static P384_KEY_NUMBER],
	uint8_t y[static P384_KEY_NUMBER]);
/* The signature over message, big-endian. MISMATCH when the file's public key is not that of its private key. */
bool p384_key_sign(uint8_t r[static P384_KEY_NUMBER], uint8_t s[static P384_KEY_NUMBER],
	const struct p384_key *k, struct span message, struct err *e) MUST_CHECK;

#endif
