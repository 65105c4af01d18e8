/*
 * Hashes of libcrypto under the names that the rest of the tree uses. SHA-1 is here only because TPM logs carry it;
 * nothing trusts it.
 */
#ifndef ASSAY_BASE_DIGEST_H
#define ASSAY_BASE_DIGEST_H

#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum digest_alg { DIGEST_NONE, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

enum { DIGEST_MAX = 64, SHA256_SIZE = 32, SHA384_SIZE = 48 };

/* A digest with its algorithm; unused bytes are zero. */
struct digest {
	enum digest_alg alg;
	uint8_t bytes[DIGEST_MAX];
};

size_t digest_size(enum digest_alg alg);           /* 0 for NONE */
const char *digest_name(enum digest_alg alg);      /* "sha256" */
enum digest_alg digest_from_name(struct str name); /* NONE when unknown */

/* Out of memory aborts here and below; under a guard (base/mem.h) the digest is of zeroes. */
struct digest digest_of(enum digest_alg alg, struct span data);
bool digest_equal(const struct digest *a, const struct digest *b);
/* Terminated lower-case hex into out. */
void digest_hex(const struct digest *d, char out[static 2 * DIGEST_MAX + 1]);

void sha256_of(uint8_t out[static SHA256_SIZE], struct span data);

/* Streaming. A hasher is made once and can be restarted; free with hasher_free. One that is NULL, under a guard, takes all. */
struct hasher;
struct hasher *hasher_new(enum digest_alg alg);
void hasher_free(struct hasher *h);
void hasher_freep(struct hasher **h); /* for CLEANUP */
void hasher_restart(struct hasher *h);
void hasher_add(struct hasher *h, const void *p, size_t n);
/* Digest of all since the (re)start; the hasher must be restarted before more is added. */
void hasher_end(struct hasher *h, uint8_t *out);

#endif
