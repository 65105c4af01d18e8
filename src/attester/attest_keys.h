/*
 * The two keys of an attester. The endorsement key is made anew from one of the TCG's default templates (EK Credential Profile,
 * L-1: RSA 2048, L-2: ECC P-256), which gives the key that its maker certified. The attestation key is a restricted signing
 * key in the endorsement hierarchy (ECDSA P-256 with SHA-256): it signs only what the TPM itself states, cannot leave the TPM,
 * and is the same at every boot, because its template is.
 */
#ifndef ASSAY_ATTESTER_ATTEST_KEYS_H
#define ASSAY_ATTESTER_ATTEST_KEYS_H

#include "attester/attest_tpm.h"
#include "base/digest.h"
#include "base/span.h"

enum { ATTEST_KEYS_PUBLIC_MAX = 1024 };

/* The template of the endorsement key: L-1 or L-2. */
enum attest_ek { ATTEST_EK_RSA, ATTEST_EK_ECC };

struct attest_keys {
	ESYS_TR ek, ak; /* loaded: two of the TPM's three places */
	enum attest_ek ek_kind;
	struct buf ek_public, ak_public; /* TPMT_PUBLIC as the TPM writes it */
	struct buf ek_numbers[2];        /* big-endian: the modulus, or x and y */
};

/* Fills a zeroed struct; owned by the caller. Fails: IO. */
bool attest_keys_make(struct attest_keys *ret, struct attest_tpm *t, enum attest_ek kind,
	struct err *e) MUST_CHECK;
void attest_keys_done(struct attest_keys *k, struct attest_tpm *t);

/* A credential as the protocol carries it: contents of TPM2B_ID_OBJECT and of TPM2B_ENCRYPTED_SECRET. */
struct attest_credential {
	struct span id_object, encrypted_secret;
};

/*
 * TPM2_ActivateCredential for the attestation key, and SHA-256 of the secret that comes out. Fails: FORMAT for sizes that
 * no TPM takes; MISMATCH when the TPM refuses the credential (made for another key, or spoilt).
 */
bool attest_keys_activate(uint8_t secret_digest[static SHA256_SIZE], const struct attest_keys *k,
	struct attest_tpm *t, const struct attest_credential *c, struct err *e) MUST_CHECK;

#endif
