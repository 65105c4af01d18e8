/*
 * The certificates in an attestation document of AWS Nitro: cabundle[0] is the root, which counts because its SHA-256 is
 * known here, each further one was issued by the one before, and the leaf ("certificate") signs the document. Exactly in
 * this order: no path is searched. All keys are P-384 and all signatures ECDSA with SHA-384. By AWS's own rule revocation is not
 * asked for, though the certificates name lists: leaves live for three hours, instances' certificates for a day.
 *
 * Each question has its own function, so that a list of checks can answer them one by one; none but nitro_chain_verify
 * answers all. Time is by itself, since live evidence is held against now and archived evidence against its own time.
 */
#ifndef ASSAY_TRUST_NITRO_CHAIN_H
#define ASSAY_TRUST_NITRO_CHAIN_H

#include "base/digest.h"
#include "evidence/nitro_document.h"
#include "trust/public_key.h"

/* SHA-256 of the certificate "aws.nitro-enclaves" (DER), G1, valid until 2049. AWS publishes it with its documentation. */
extern const uint8_t nitro_chain_aws_root[SHA256_SIZE];

struct nitro_chain; /* opaque; owned by the caller */

/* The certificates, parsed. Borrows nothing. Fails: FORMAT with which certificate. */
bool nitro_chain_of_document(
	struct nitro_chain **ret, const struct nitro_document *d, struct err *e) MUST_CHECK;
void nitro_chain_free(struct nitro_chain *c);
void nitro_chain_freep(struct nitro_chain **c); /* for CLEANUP */

/* The first certificate has this digest. Fails: SIGNATURE. */
bool nitro_chain_check_root(const struct nitro_chain *c,
	const uint8_t root_sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;
/*
 * What each certificate says it may do: version 3; P-384 and SHA-384; critical basic constraints with a path length that
 * suffices; key usage: to sign certificates, for the leaf to sign; no other critical extension. Fails: SIGNATURE.
 */
bool nitro_chain_check_profile(const struct nitro_chain *c, struct err *e) MUST_CHECK;
/* Each certificate was issued by the one before it, up to the first, at whatever time. Fails: SIGNATURE. */
bool nitro_chain_check_signatures(const struct nitro_chain *c, struct err *e) MUST_CHECK;
/* All are valid at that time; leeway: seconds before their begin and after their end, for a clock that is wrong. Fails: SIGNATURE. */
bool nitro_chain_check_time(
	const struct nitro_chain *c, int64_t at_unix, int64_t leeway, struct err *e) MUST_CHECK;
/* The leaf's common name is the document's module: "MODULE.REGION.aws". Fails: MISMATCH. */
bool nitro_chain_check_module(
	const struct nitro_chain *c, const struct nitro_document *d, struct err *e) MUST_CHECK;

/* The first four of these. */
bool nitro_chain_verify(const struct nitro_chain *c, const uint8_t root_sha256[static SHA256_SIZE],
	int64_t at_unix, int64_t leeway, struct err *e) MUST_CHECK;

/* From when to when all of them are valid. */
void nitro_chain_validity(
	const struct nitro_chain *c, int64_t *not_before_unix, int64_t *not_after_unix);
/* The leaf's key, owned by the caller; of no worth before the chain is verified. Fails: FORMAT, SIGNATURE. */
bool nitro_chain_key(
	struct public_key **ret, const struct nitro_chain *c, struct err *e) MUST_CHECK;

#endif
