/*
 * A private key that signs COSE documents, from PEM: Ed25519 (EdDSA), P-256 (ES256), P-384 (ES384), P-521 (ES512). Only
 * Ed25519 gives the same signature each time; ECDSA's differ, with all that holds them.
 */
#ifndef ASSAY_IMAGE_COSE_SIGNER_H
#define ASSAY_IMAGE_COSE_SIGNER_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

enum { COSE_SIGNER_FILE_MAX = 64 << 10 };

struct cose_signer; /* opaque; owned by the caller */

/* One private key without a passphrase. FORMAT when there is none; USAGE for one with a passphrase or of another kind. */
bool cose_signer_of_pem(struct cose_signer **ret, struct span pem, struct err *e) MUST_CHECK;
void cose_signer_free(struct cose_signer *s);
void cose_signer_freep(struct cose_signer **s); /* for CLEANUP */

/* As trust/cose_sign1.h names it. */
int64_t cose_signer_alg(const struct cose_signer *s);
/* SHA-256 of the public key (SubjectPublicKeyInfo in DER): a name for it. */
void cose_signer_kid(uint8_t ret[static SHA256_SIZE], const struct cose_signer *s);
/* The certificate (PEM) is this key's. MISMATCH, FORMAT. */
bool cose_signer_check_certificate(
	const struct cose_signer *s, struct span pem, struct err *e) MUST_CHECK;
/* Appends the signature over message in COSE's form. INTERNAL when libcrypto fails. */
bool cose_signer_sign(struct buf *out, const struct cose_signer *s, struct span message,
	struct err *e) MUST_CHECK;

#endif
