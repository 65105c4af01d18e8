/*
 * An Authenticode signature of an EFI image: PKCS#7 SignedData (RFC 2315) over SpcIndirectDataContent, which holds the
 * image's Authenticode hash ("Windows Authenticode Portable Executable Signature Format" 1.0; UEFI 2.10 section 32.5.1).
 *
 * What is made and taken: one signer, SHA-256, RSA with PKCS#1 v1.5 padding, signed attributes, no unsigned ones. All
 * that is fixed in this form is compared byte by byte; in what is left every byte is covered by the signature or by the
 * signer's certificate. Whether the certificate is to be trusted is the firmware's business: its db says so.
 */
#ifndef ASSAY_IMAGE_AUTHENTICODE_H
#define ASSAY_IMAGE_AUTHENTICODE_H

#include "base/buf.h"
#include "base/digest.h"
#include "image/signing_key.h"

enum { AUTHENTICODE_CERTIFICATES_MAX = 8, AUTHENTICODE_SIZE_MAX = 64 << 10 };

/* A signature that holds. */
struct authenticode {
	uint8_t image_sha256[SHA256_SIZE]; /* the Authenticode hash that it is for */
	struct span certificate;           /* the signer's, in DER, borrowed */
};

/*
 * Appends the signature, in DER. The same key, certificate and hash give the same bytes: there is no time in it and
 * PKCS#1 v1.5 takes no random number.
 */
bool authenticode_sign(struct buf *out, const uint8_t image_sha256[static SHA256_SIZE],
	const struct signing_key *key, struct err *e) MUST_CHECK;

/*
 * Reads a signature and verifies it with the key of the signer's certificate, which is in it. Fails: FORMAT for another
 * form, SIGNATURE when it does not hold, LIMIT.
 */
bool authenticode_check(struct authenticode *ret, struct span der, struct err *e) MUST_CHECK;

#endif
