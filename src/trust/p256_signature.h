/*
 * ECDSA with P-256 and SHA-256 as Intel's formats carry it: keys as x and y, signatures as r and s, 32 bytes each, big
 * endian, one behind the other.
 */
#ifndef ASSAY_TRUST_P256_SIGNATURE_H
#define ASSAY_TRUST_P256_SIGNATURE_H

#include "base/err.h"
#include "base/span.h"
#include "trust/public_key.h"

enum { P256_SIGNATURE_SIZE = 64 };

/* x and y, 64 bytes. FORMAT when they are no point of the curve. */
bool p256_signature_key(struct public_key **ret, struct span xy, struct err *e) MUST_CHECK;
/* r and s, 64 bytes, over message. SIGNATURE. */
bool p256_signature_verify(const struct public_key *key, struct span message, struct span rs,
	struct err *e) MUST_CHECK;

#endif
