/*
 * A private key of libcrypto that signs statements, notes and tokens: Ed25519 or P-256, from PEM (PKCS #8 or SEC 1) without a
 * passphrase. Its numbers stay in libcrypto; the one thing here that writes them is private_key_pem. libcrypto draws the random
 * numbers that a new key and a P-256 signature need: two P-256 signatures over the same bytes differ, so nothing that must be the
 * same each time may hold one.
 */
#ifndef ASSAY_TRUST_PRIVATE_KEY_H
#define ASSAY_TRUST_PRIVATE_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "trust/statement_key.h"

enum {
	PRIVATE_KEY_FILE_MAX = 64 << 10,
	PRIVATE_KEY_PEM_MAX = 512,
	PRIVATE_KEY_ED25519_SIZE = 32,
	PRIVATE_KEY_ES256_SIZE = 64,
};

enum private_key_kind { PRIVATE_KEY_ED25519 = 1, PRIVATE_KEY_P256 };

struct private_key; /* opaque; owned by the caller */

/*
 * The first private key of a file. Fails: FORMAT when there is none, LIMIT for a larger file, USAGE for one with a passphrase,
 * MISMATCH for one of another kind.
 */
bool private_key_of_pem(struct private_key **ret, struct span pem, struct err *e) MUST_CHECK;
/* A new one. Fails: INTERNAL. */
bool private_key_new(
	struct private_key **ret, enum private_key_kind kind, struct err *e) MUST_CHECK;
void private_key_free(struct private_key *k);
void private_key_freep(struct private_key **k); /* for CLEANUP */

enum private_key_kind private_key_kind_of(const struct private_key *k);
/* "ed25519", "p256". */
const char *private_key_kind_name(enum private_key_kind kind);
/* False for a name that is neither. */
bool private_key_kind_of_name(enum private_key_kind *ret, struct str name) MUST_CHECK;

/* Of an Ed25519 key. INTERNAL for another. */
bool private_key_ed25519(uint8_t ret[static PRIVATE_KEY_ED25519_SIZE], const struct private_key *k,
	struct err *e) MUST_CHECK;
/* The public half. Fails: LIMIT. */
bool private_key_public(
	struct statement_key **ret, const struct private_key *k, struct err *e) MUST_CHECK;
/* It as SubjectPublicKeyInfo in DER (statement_key.h), appended. LIMIT. */
bool private_key_spki(struct buf *out, const struct private_key *k, struct err *e) MUST_CHECK;
/*
 * The secret itself, as PKCS #8 in PEM without a passphrase, for a file that only its owner can read. The caller wipes ret
 * (OPENSSL_cleanse). Fails: INTERNAL.
 */
bool private_key_pem(char ret[static PRIVATE_KEY_PEM_MAX], size_t *n, const struct private_key *k,
	struct err *e) MUST_CHECK;

/*
 * Ed25519: 64 bytes; P-256: ECDSA with SHA-256 in DER. Appended, once it verifies. Fails: INTERNAL; MISMATCH when the file's
 * public key is not that of its private key.
 */
bool private_key_sign(struct buf *out, const struct private_key *k, struct span message,
	struct err *e) MUST_CHECK;
/*
 * The same by a P-256 key as JWS has it: ES256 (RFC 7518, section 3.4), r and s as 32 bytes each. USAGE for another kind of
 * key.
 */
bool private_key_es256(uint8_t ret[static PRIVATE_KEY_ES256_SIZE], const struct private_key *k,
	struct span message, struct err *e) MUST_CHECK;
/* Whether it can, before there is a message. USAGE. */
bool private_key_can_es256(const struct private_key *k, struct err *e) MUST_CHECK;

#endif
