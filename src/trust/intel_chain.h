/*
 * Chains of Intel's SGX and TDX authority (Intel SGX PCK Certificate and CRL Profile Specification 1.5), leaf first:
 *
 *   PCK          Intel SGX PCK Certificate, Intel SGX PCK Platform CA or Processor CA, Intel SGX Root CA
 *   TCB signing  Intel SGX TCB Signing, Intel SGX Root CA
 *
 * Such a chain comes with the evidence; what makes it trusted is that its last certificate is the one whose SHA-256 is
 * pinned here. Each function answers one question; only all of them together say that a chain holds. Whether one of its
 * certificates was revoked is intel_crl.h's business.
 */
#ifndef ASSAY_TRUST_INTEL_CHAIN_H
#define ASSAY_TRUST_INTEL_CHAIN_H

#include "base/arena.h"
#include "trust/certificate.h"

enum { INTEL_CHAIN_MAX = 3 };

enum intel_chain_role { INTEL_CHAIN_PCK, INTEL_CHAIN_TCB_SIGNING };

struct intel_chain {
	enum intel_chain_role role;
	struct certificate *certs[INTEL_CHAIN_MAX]; /* owned; leaf first, root last */
	size_t n;
};

/* SHA-256 of the DER of "Intel SGX Root CA", as published at certificates.trustedservices.intel.com. */
extern const uint8_t intel_chain_root_sha256[32];

/* When something must hold. */
struct intel_time {
	int64_t at_unix;
	int64_t leeway; /* seconds that the clock may be slow or fast: at both ends, of all */
	int64_t grace; /* seconds for which what has expired is still taken; never for certificates */
};

/* PEM, as many certificates as the role has; one NUL behind them is what quotes have. FORMAT, LIMIT. */
bool intel_chain_read(struct intel_chain *ret, enum intel_chain_role role, struct span pem,
	struct arena *a, struct err *e) MUST_CHECK;
void intel_chain_done(struct intel_chain *c); /* releases; for CLEANUP */

const struct certificate *intel_chain_leaf(const struct intel_chain *c);
const struct certificate *intel_chain_root(const struct intel_chain *c);
/* Who issued the leaf. */
const struct certificate *intel_chain_issuer(const struct intel_chain *c);

/* When the first of its certificates expires; INT64_MIN when one has no such time. */
int64_t intel_chain_not_after(const struct intel_chain *c);

/*
 * Each certificate is one of its place: names, version 3, P-256 with ECDSA and SHA-256, authority or not, path length,
 * key usage, key identifiers, CRL distribution points, no critical extension that is not known. SIGNATURE, naming certificate and field.
 */
bool intel_chain_roles(const struct intel_chain *c, struct err *e) MUST_CHECK;
/* The last one is the root with that SHA-256. SIGNATURE. */
bool intel_chain_pinned(
	const struct intel_chain *c, const uint8_t root[static 32], struct err *e) MUST_CHECK;
/* Each is signed by the next, whose name and key identifier it names. SIGNATURE. */
bool intel_chain_signed(const struct intel_chain *c, struct err *e) MUST_CHECK;
/* The same of number i alone; the root has signed itself. SIGNATURE. */
bool intel_chain_signed_at(const struct intel_chain *c, size_t i, struct err *e) MUST_CHECK;
/* Each is valid at that time. SIGNATURE: "... it or the clock is wrong". */
bool intel_chain_valid(
	const struct intel_chain *c, const struct intel_time *t, struct err *e) MUST_CHECK;
/* All four. */
bool intel_chain_verify(const struct intel_chain *c, const uint8_t root[static 32],
	const struct intel_time *t, struct err *e) MUST_CHECK;

#endif
