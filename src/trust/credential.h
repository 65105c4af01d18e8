/*
 * TPM2_MakeCredential done in software (TPM 2.0 Library, Part 1, section 24, B.10.4 and C.6.4): a secret that only the TPM
 * with the private endorsement key can recover, and only when a key with exactly that name is loaded in it. All randomness
 * is an argument: the same arguments give the same bytes.
 */
#ifndef ASSAY_TRUST_CREDENTIAL_H
#define ASSAY_TRUST_CREDENTIAL_H

#include "base/buf.h"
#include "base/err.h"
#include "evidence/tpm_public.h"

enum { CREDENTIAL_SECRET_SIZE = 32, CREDENTIAL_SCALAR_SIZE = 32, CREDENTIAL_PART_MAX = 1024 };

struct credential_chance {
	uint8_t secret[CREDENTIAL_SECRET_SIZE]; /* what the TPM will give back */
	/* for an EK of RSA */
	uint8_t seed[DIGEST_MAX];      /* as many bytes as the EK's name algorithm has */
	uint8_t oaep_seed[DIGEST_MAX]; /* likewise */
	/* for one of ECC: the ephemeral key's, big-endian; one of 2^32 is not below the order of P-256, and is refused */
	uint8_t scalar[CREDENTIAL_SCALAR_SIZE];
};

struct credential {
	struct buf id_object; /* contents of TPM2B_ID_OBJECT: u16 + HMAC, encrypted identity */
	struct buf encrypted_secret; /* contents of TPM2B_ENCRYPTED_SECRET */
};

/*
 * ek: a storage key of RSA, or of ECC over P-256, with AES-128-CFB and SHA-256 or SHA-384 as name algorithm (the TCG
 * templates). name: of the key that shall be bound. The buffers are initialised here and owned by the caller. Fails: FORMAT for
 * another EK and for a point that is not on the curve, SIGNATURE for one that is too weak, USAGE for a scalar that is none, LIMIT.
 */
bool credential_make(struct credential *ret, const struct tpm_public *ek,
	const struct tpm_name *name, const struct credential_chance *chance,
	struct err *e) MUST_CHECK;
void credential_done(struct credential *c);

#endif
