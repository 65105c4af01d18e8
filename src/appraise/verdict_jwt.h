/*
 * An Entity Attestation Result as a token that the verifier signs: JWT (RFC 7519) in the compact form of JWS (RFC 7515),
 * header {"alg":"ES256","typ":"JWT"}, payload the very bytes that verdict_emit makes.
 */
#ifndef ASSAY_APPRAISE_VERDICT_JWT_H
#define ASSAY_APPRAISE_VERDICT_JWT_H

#include "appraise/verdict.h"
#include "trust/private_key.h"

enum { VERDICT_JWT_MAX = 16 << 20 };

/* Appends the token, without a line end. Fails: as private_key_es256; LIMIT when out or the verdict is too large. */
bool verdict_jwt(struct buf *out, const struct verdict *v, const struct verdict_context *c,
	const struct private_key *key, struct err *e) MUST_CHECK;

#endif
