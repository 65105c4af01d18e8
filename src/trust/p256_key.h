/*
 * A private key on the curve P-256 from PEM, which signs as JWS has it: ES256 (RFC 7518, section 3.4), ECDSA with SHA-256, r
 * and s as 32 bytes each. The numbers stay in libcrypto, which also draws the random number that ECDSA needs: two signatures
 * over the same bytes differ, so nothing that must be the same each time may hold one.
 */
#ifndef ASSAY_TRUST_P256_KEY_H
#define ASSAY_TRUST_P256_KEY_H

#include "base/err.h"
#include "base/span.h"

enum { P256_KEY_FILE_MAX = 64 << 10, P256_KEY_SIGNATURE = 64 };

struct p256_key; /* opaque; owned by the caller */

/*
 * The first private key of the file, without a passphrase. Fails: FORMAT when there is none; USAGE with a passphrase or of
 * another kind; LIMIT.
 */
bool p256_key_of_pem(struct p256_key **ret, struct span pem, struct err *e) MUST_CHECK;
void p256_key_free(struct p256_key *k);
void p256_key_freep(struct p256_key **k); /* for CLEANUP */

/* INTERNAL when libcrypto fails; MISMATCH when the file's public key is not that of its private key. */
bool p256_key_sign(uint8_t out[static P256_KEY_SIGNATURE], const struct p256_key *k,
	struct span message, struct err *e) MUST_CHECK;

#endif
