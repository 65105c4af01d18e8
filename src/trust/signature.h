/*
 * Verifying a signature with an algorithm that the caller names: nothing is guessed from the bytes, no padding is tried
 * after another. SHA-1 is never taken.
 */
#ifndef ASSAY_TRUST_SIGNATURE_H
#define ASSAY_TRUST_SIGNATURE_H

#include "base/digest.h"
#include "base/err.h"
#include "evidence/tpm_signature.h"
#include "trust/public_key.h"

enum signature_scheme { SIGNATURE_RSASSA = 1, SIGNATURE_RSAPSS, SIGNATURE_ECDSA };

struct signature_alg {
	enum signature_scheme scheme;
	enum digest_alg digest; /* SHA-256, SHA-384 or SHA-512 */
};

/*
 * RSASSA and RSAPSS: sig is as long as the modulus; RSAPSS takes any salt length, as TPMs differ in theirs. ECDSA: sig is
 * DER. Fails: SIGNATURE.
 */
bool signature_verify(const struct public_key *key, struct signature_alg alg, struct span message,
	struct span sig, struct err *e) MUST_CHECK;

/* ECDSA with r and s as big-endian numbers, leading zeroes allowed, at most 1024 bytes each. Fails: SIGNATURE. */
bool signature_verify_ecdsa(const struct public_key *key, enum digest_alg digest,
	struct span message, struct span r, struct span s, struct err *e) MUST_CHECK;

/*
 * The signature that a TPM gave over message, by a key whose only scheme is alg. Fails: MISMATCH when the signature names
 * another scheme or hash, SIGNATURE.
 */
bool signature_verify_tpm(const struct public_key *key, struct signature_alg alg,
	struct span message, const struct tpm_signature *sig, struct err *e) MUST_CHECK;

/* The algorithm of a TPM key's scheme; false for NULL schemes, SHA-1 and what is not known. */
bool signature_alg_of_tpm(
	struct signature_alg *ret, const struct tpm_public *key, struct err *e) MUST_CHECK;

#endif
