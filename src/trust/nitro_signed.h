/*
 * An attestation document of AWS Nitro as it arrives: a COSE_Sign1 structure, with or without its tag, whose payload is an
 * evidence/nitro_document.h. There is one algorithm, ES384, and it stands in the protected header; nothing stands in the
 * other one.
 */
#ifndef ASSAY_TRUST_NITRO_SIGNED_H
#define ASSAY_TRUST_NITRO_SIGNED_H

#include "evidence/nitro_document.h"
#include "trust/cose_sign1.h"

struct nitro_signed {
	struct cose_sign1 cose;
	struct nitro_document document;
};

/* Memory from a; borrows bytes, of which none may be left over. Fails: FORMAT, LIMIT. */
bool nitro_signed_parse(
	struct nitro_signed *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;
/* Only the structure around the payload: ret->document is not set. */
bool nitro_signed_parse_frame(
	struct nitro_signed *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

/* ES384, protected, and no other header. Fails: SIGNATURE. */
bool nitro_signed_check_header(const struct nitro_signed *s, struct err *e) MUST_CHECK;

/* The signature over header and payload is by this key: that of the chain's leaf. Fails: SIGNATURE. */
bool nitro_signed_verify(
	const struct nitro_signed *s, const struct public_key *key, struct err *e) MUST_CHECK;

#endif
