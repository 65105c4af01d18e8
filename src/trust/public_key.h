/*
 * A public key of libcrypto, made from what carries one here: a TPM's public area or a certificate. RSA of 2048 to 4096
 * bits with an odd exponent above 2^16, and the curves P-256, P-384 and P-521; nothing weaker is taken.
 */
#ifndef ASSAY_TRUST_PUBLIC_KEY_H
#define ASSAY_TRUST_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "base/err.h"
#include "evidence/tpm_public.h"

enum { PUBLIC_KEY_RSA_BITS_MIN = 2048 };

struct public_key; /* opaque; owned by the caller */

/* Fails: FORMAT when the numbers are no key (a point that is not on its curve), SIGNATURE when it is too weak. */
bool public_key_of_tpm(
	struct public_key **ret, const struct tpm_public *p, struct err *e) MUST_CHECK;
/* SubjectPublicKeyInfo in DER, nothing behind it. */
bool public_key_of_spki(struct public_key **ret, struct span der, struct err *e) MUST_CHECK;
/* Takes a reference of its own on pkey. For the sibling files of this module. */
bool public_key_of_pkey(struct public_key **ret, EVP_PKEY *pkey, struct err *e) MUST_CHECK;
void public_key_free(struct public_key *k);
void public_key_freep(struct public_key **k); /* for CLEANUP */

/* The same type and the same numbers. */
bool public_key_equal(const struct public_key *a, const struct public_key *b);
/* Borrowed. */
EVP_PKEY *public_key_pkey(const struct public_key *k);

#endif
