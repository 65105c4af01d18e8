/*
 * A signature as a TPM gives it, TPMT_SIGNATURE (TPM 2.0 Library, Part 2, section 11.3.4), big-endian:
 * u16 algorithm, u16 hash, then RSASSA and RSAPSS: u16 size + signature; ECDSA: u16 size + r, u16 size + s.
 * Verifying is trust/signature.h's.
 */
#ifndef ASSAY_EVIDENCE_TPM_SIGNATURE_H
#define ASSAY_EVIDENCE_TPM_SIGNATURE_H

#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

enum { TPM_SIGNATURE_SIZE_MAX = 1024 };

struct tpm_signature {
	uint16_t alg; /* TPM_ALG_RSASSA, TPM_ALG_RSAPSS or TPM_ALG_ECDSA */
	uint16_t hash;
	enum digest_alg digest;
	struct span rsa;  /* RSASSA, RSAPSS */
	struct span r, s; /* ECDSA; unsigned, leading zeroes allowed */
};

/* Borrows bytes. Fails: FORMAT (truncated, trailing bytes, another algorithm), LIMIT. */
bool tpm_signature_parse(struct tpm_signature *ret, struct span bytes, struct err *e) MUST_CHECK;

#endif
