/*
 * The endorsement key's certificate and those between it and its root, as far as the TPM holds them in NV: 0x01c00002 for
 * the RSA 2048 key or 0x01c0000a for that of ECC P-256, and 0x01c00100 to 0x01c001ff for the others, one after the other (TCG EK
 * Credential Profile).
 */
#ifndef ASSAY_ATTESTER_ATTEST_CHAIN_H
#define ASSAY_ATTESTER_ATTEST_CHAIN_H

#include "attester/attest_keys.h"
#include "attester/attest_tpm.h"
#include "evidence/bundle.h"

/* The endorsement key that has a certificate: that of RSA if both have, or none. Fails: IO. */
bool attest_chain_kind(enum attest_ek *ret, struct attest_tpm *t, struct err *e) MUST_CHECK;
/*
 * *ret borrows from *bytes, which is initialised here and owned by the caller. A TPM without a certificate gives an empty
 * chain. Fails: MISMATCH when the certificate's key is not the endorsement key, FORMAT when NV holds no certificate.
 */
bool attest_chain_read(struct bundle_chain *ret, struct buf *bytes, struct attest_tpm *t,
	const struct attest_keys *k, struct err *e) MUST_CHECK;
/* Cuts certificates that stand one after the other in bytes; padding (00 or ff) may follow. Appends to *ret. */
bool attest_chain_split(struct bundle_chain *ret, struct span bytes, struct err *e) MUST_CHECK;

#endif
