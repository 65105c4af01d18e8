/*
 * A private key and its certificate, from PEM: RSA of 2048 to 4096 bits, signing with PKCS#1 v1.5 and SHA-256, which
 * every firmware takes and which gives the same signature each time. The key's numbers stay in libcrypto.
 */
#ifndef ASSAY_IMAGE_SIGNING_KEY_H
#define ASSAY_IMAGE_SIGNING_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { SIGNING_KEY_FILE_MAX = 64 << 10 };

struct signing_key; /* opaque; owned by the caller */

/*
 * One private key without a passphrase, one certificate. Fails: FORMAT when there is none; USAGE for a key with a
 * passphrase, of another kind or too small; MISMATCH when the certificate is another key's.
 */
bool signing_key_of_pem(struct signing_key **ret, struct span key, struct span certificate,
	struct err *e) MUST_CHECK;
void signing_key_free(struct signing_key *k);
void signing_key_freep(struct signing_key **k); /* for CLEANUP */

/* In DER, borrowed from k. */
struct span signing_key_certificate(const struct signing_key *k);
/* Appends the signature over message. INTERNAL when libcrypto fails. */
bool signing_key_sign(struct buf *out, const struct signing_key *k, struct span message,
	struct err *e) MUST_CHECK;

#endif
