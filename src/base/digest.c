#include "base/digest.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "base/crypto_context.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/banned.h"

static const struct {
	const char *name;
	size_t size;
} algs[] = {
	[DIGEST_NONE] = { "none", 0 },
	[DIGEST_SHA1] = { "sha1", 20 },
	[DIGEST_SHA256] = { "sha256", 32 },
	[DIGEST_SHA384] = { "sha384", 48 },
	[DIGEST_SHA512] = { "sha512", 64 },
};

struct hasher {
	EVP_MD_CTX *ctx;
	enum digest_alg alg;
};

size_t digest_size(enum digest_alg alg)
{
	return algs[alg].size;
}

const char *digest_name(enum digest_alg alg)
{
	return algs[alg].name;
}

enum digest_alg digest_from_name(struct str name)
{
	for (size_t i = DIGEST_SHA1; i < ARRAY_LEN(algs); i++)
		if (str_is(name, algs[i].name))
			return (enum digest_alg)i;
	return DIGEST_NONE;
}

struct hasher *hasher_new(enum digest_alg alg)
{
	struct hasher *h = MEM_NEW(struct hasher);

	if (!h)
		return NULL;
	h->ctx = EVP_MD_CTX_new();
	h->alg = alg;
	hasher_restart(h);
	return h;
}

void hasher_free(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void hasher_freep(struct hasher **h)
{
	hasher_free(*h);
}

/* Hashing what lies in memory fails only where a state of it cannot be had: all algorithms are fetched already. */
void hasher_restart(struct hasher *h)
{
	if (!h || (h->ctx && EVP_DigestInit_ex(h->ctx, crypto_context_digest(h->alg), NULL) == 1))
		return;
	mem_missing();
	/* One that is half set up must not be used. */
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
}

void hasher_add(struct hasher *h, const void *p, size_t n)
{
	if (h && n && (!h->ctx || EVP_DigestUpdate(h->ctx, p, n) != 1))
		mem_missing();
}

void hasher_end(struct hasher *h, uint8_t *out)
{
	if (!h || !h->ctx || EVP_DigestFinal_ex(h->ctx, out, NULL) != 1) {
		mem_missing();
		memset(out, 0, h ? digest_size(h->alg) : 0);
	}
}

struct digest digest_of(enum digest_alg alg, struct span data)
{
	struct digest d = { alg, { 0 } };

	if (EVP_Digest(data.n ? data.p : (const uint8_t *)"", data.n, d.bytes, NULL,
		    crypto_context_digest(alg), NULL) != 1) {
		mem_missing();
		memset(d.bytes, 0, sizeof d.bytes);
	}
	return d;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return a->alg == b->alg && a->alg != DIGEST_NONE &&
	       ct_equal(a->bytes, b->bytes, digest_size(a->alg));
}

void digest_hex(const struct digest *d, char out[static 2 * DIGEST_MAX + 1])
{
	hex_write(out, d->bytes, digest_size(d->alg));
}

void sha256_of(uint8_t out[static SHA256_SIZE], struct span data)
{
	struct digest d = digest_of(DIGEST_SHA256, data);

	memcpy(out, d.bytes, SHA256_SIZE);
}
