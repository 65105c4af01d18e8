/*
 * The seed of a credential for an endorsement key of ECC over P-256 (TPM 2.0 Library, Part 1, C.6.1 and C.6.4): an ephemeral
 * key's Diffie-Hellman with the endorsement key, and KDFe over it with the label "IDENTITY".
 */
#ifndef ASSAY_TRUST_CREDENTIAL_ECC_H
#define ASSAY_TRUST_CREDENTIAL_ECC_H

#include "trust/credential.h"

/*
 * As many bytes as the EK's name algorithm has; out gets the contents of TPM2B_ENCRYPTED_SECRET: the ephemeral point as
 * TPMS_ECC_POINT (u16 size + x, u16 size + y). Fails: FORMAT for another curve and for a point that is not on it, USAGE for a
 * scalar of 0 or from the curve's order on, LIMIT.
 */
bool credential_ecc_seed(uint8_t seed[static DIGEST_MAX], struct buf *out,
	const struct tpm_public *ek, const struct credential_chance *chance,
	struct err *e) MUST_CHECK;

#endif
