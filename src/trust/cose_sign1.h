/*
 * COSE_Sign1 (RFC 9052, section 4.2): one signature over a payload and a protected header, as CBOR. Tagged 18 or without a
 * tag when it is read, tagged when it is written. No external data; what the header's members but the algorithm mean is
 * for who knows the format. A critical header (RFC 9052, 3.1) that nobody here understands is refused.
 */
#ifndef ASSAY_TRUST_COSE_SIGN1_H
#define ASSAY_TRUST_COSE_SIGN1_H

#include "base/buf.h"
#include "codec/cbor.h"
#include "trust/public_key.h"

enum { COSE_SIGN1_TAG = 18 };

/* Labels of headers, and algorithms (RFC 9053). */
enum { COSE_ALG = 1, COSE_CRIT = 2, COSE_CONTENT_TYPE = 3, COSE_KID = 4 };
enum {
	COSE_ES256 = -7,
	COSE_EDDSA = -8,
	COSE_ES384 = -35,
	COSE_ES512 = -36,
	COSE_PS256 = -37,
	COSE_PS384 = -38,
	COSE_PS512 = -39,
};

struct cose_sign1 {
	struct span protected_bytes;    /* the encoded header, as it is signed */
	struct cbor protected_header;   /* a map */
	const struct cbor *unprotected; /* a map */
	int64_t alg;
	struct span payload;
	struct span signature;
};

/* Memory from a; borrows bytes. Fails: FORMAT also without a payload of its own, LIMIT. */
bool cose_sign1_parse(
	struct cose_sign1 *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

/* What is signed: the Sig_structure over the encoded protected header and the payload. */
void cose_sign1_message(struct buf *out, struct span protected_bytes, struct span payload);
/* The whole document, with an empty unprotected header; tagged, or as formats have it whose place for it says it all. */
void cose_sign1_emit(
	struct buf *out, struct span protected_bytes, struct span payload, struct span signature);
void cose_sign1_emit_untagged(
	struct buf *out, struct span protected_bytes, struct span payload, struct span signature);

/*
 * The signature is of this key, with the algorithm that the protected header names: ES256 to ES512 and PS256 to PS512.
 * Fails: SIGNATURE, LIMIT.
 */
bool cose_sign1_verify(
	const struct cose_sign1 *s, const struct public_key *key, struct err *e) MUST_CHECK;

#endif
