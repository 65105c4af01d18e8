/*
 * A public key that statements and channels are signed with: Ed25519, or P-256 with SHA-256 (ECDSA in DER). Keys are told apart by
 * the SHA-256 of their SubjectPublicKeyInfo in DER (RFC 5480 with the curve by name and the whole point; RFC 8410), whatever form
 * they came in: one key, one id. In text a key is one line, as trust files have it:
 *
 *   ed25519:BASE64 of the 32 bytes          p256:BASE64 of that SubjectPublicKeyInfo
 */
#ifndef ASSAY_TRUST_STATEMENT_KEY_H
#define ASSAY_TRUST_STATEMENT_KEY_H

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

enum {
	STATEMENT_KEY_FILE_MAX = 16 << 10,
	STATEMENT_KEY_TEXT_MAX = 160,
	STATEMENT_KEY_ED25519_SIZE = 32
};

struct statement_key; /* opaque; owned by the caller */

/* The line, and nothing else. Fails: FORMAT. */
bool statement_key_parse(struct statement_key **ret, struct str line, struct err *e) MUST_CHECK;
/* SubjectPublicKeyInfo in DER, nothing behind it; or a file with one in PEM. Fails: FORMAT, USAGE for another kind. */
bool statement_key_of_spki(struct statement_key **ret, struct span der, struct err *e) MUST_CHECK;
bool statement_key_of_pem(struct statement_key **ret, struct span pem, struct err *e) MUST_CHECK;
/* The public half of a key, its secret left behind. For the sibling files of this module. */
bool statement_key_of_pkey(struct statement_key **ret, EVP_PKEY *pkey, struct err *e) MUST_CHECK;
void statement_key_free(struct statement_key *k);
void statement_key_freep(struct statement_key **k); /* for CLEANUP */

/* Appends the line, without a line end. */
void statement_key_write(struct buf *out, const struct statement_key *k);
/* In DER, borrowed from k. */
struct span statement_key_spki(const struct statement_key *k);
/* The 32 bytes of an Ed25519 key. USAGE for another. */
bool statement_key_ed25519(uint8_t ret[static STATEMENT_KEY_ED25519_SIZE],
	const struct statement_key *k, struct err *e) MUST_CHECK;
void statement_key_id(uint8_t ret[static SHA256_SIZE], const struct statement_key *k);
bool statement_key_equal(const struct statement_key *a, const struct statement_key *b);

/* Fails: SIGNATURE. */
bool statement_key_verify(const struct statement_key *k, struct span message, struct span signature,
	struct err *e) MUST_CHECK;

#endif
