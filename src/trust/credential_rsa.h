/*
 * The seed of a credential for an endorsement key of RSA (TPM 2.0 Library, Part 1, B.10.4): random bytes, encrypted by OAEP
 * with the label "IDENTITY".
 */
#ifndef ASSAY_TRUST_CREDENTIAL_RSA_H
#define ASSAY_TRUST_CREDENTIAL_RSA_H

#include "trust/credential.h"

/*
 * As many bytes as the EK's name algorithm has, SHA-256 or SHA-384; out gets the contents of TPM2B_ENCRYPTED_SECRET. Fails:
 * FORMAT when the numbers are no key, or have zeroes before them; SIGNATURE when it is too weak.
 */
bool credential_rsa_seed(uint8_t seed[static DIGEST_MAX], struct buf *out,
	const struct tpm_public *ek, const struct credential_chance *chance,
	struct err *e) MUST_CHECK;

#endif
