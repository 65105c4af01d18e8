#include "base/crypto_context.h"

#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "base/mem.h"
#include "base/banned.h"

enum { ALGS = DIGEST_SHA512 + 1 };

struct context {
	OSSL_LIB_CTX *lib;
	OSSL_PROVIDER *provider;
	EVP_MD *digests[ALGS];
};

/* Set once. Threads that come first together make one each, and all but one give theirs up. */
static _Atomic(struct context *) made;

static void context_free(struct context *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < ALGS; i++)
		EVP_MD_free(c->digests[i]);
	if (c->provider)
		OSSL_PROVIDER_unload(c->provider);
	OSSL_LIB_CTX_free(c->lib);
	free(c);
}

static bool fetch_digests(struct context *c)
{
	for (size_t i = DIGEST_SHA1; i < ALGS; i++) {
		c->digests[i] = EVP_MD_fetch(c->lib, digest_name((enum digest_alg)i), NULL);
		if (!c->digests[i])
			return false;
	}
	return true;
}

/*
 * What libcrypto sets up once for a process it does not try again where memory was missing, and it does not say so: then it
 * reads no key any more, or finds no hash by its name. The first key is the base point of P-256 as SubjectPublicKeyInfo
 * (SEC 2, 2.4.2), the second one of RSA with 63 bits; both must be read.
 */
static bool reads_key(OSSL_LIB_CTX *lib, const unsigned char *der, long n, int bits)
{
	EVP_PKEY *key = d2i_PUBKEY_ex(NULL, &der, n, lib, NULL);
	bool ok = key && EVP_PKEY_get_bits(key) == bits;

	EVP_PKEY_free(key);
	return ok;
}

static bool reads_keys(OSSL_LIB_CTX *lib)
{
	static const unsigned char ec[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
		0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
		0x03, 0x42, 0x00, 0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc,
		0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0,
		0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a,
		0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57,
		0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5 };
	static const unsigned char rsa[] = { 0x30, 0x23, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x12, 0x00, 0x30, 0x0f, 0x02,
		0x08, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x03, 0x01, 0x00,
		0x01 };

	return EVP_get_digestbyname("SHA256") && EVP_get_digestbyname("SHA384") &&
	       EVP_get_digestbyname("SHA512") && reads_key(lib, ec, sizeof ec, 256) &&
	       reads_key(lib, rsa, sizeof rsa, 63);
}

static struct context *context_new(void)
{
	struct context *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	/* Even the table of object names would load openssl.cnf, and with it what modules that names. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1)
		c->lib = OSSL_LIB_CTX_new();
	c->provider = c->lib ? OSSL_PROVIDER_load(c->lib, "default") : NULL;
	if (c->provider && fetch_digests(c) && reads_keys(c->lib))
		return c;
	context_free(c);
	ERR_clear_error();
	return NULL;
}

static const struct context *get(void)
{
	struct context *c = atomic_load(&made), *before = NULL;

	if (c)
		return c;
	c = context_new();
	if (c && !atomic_compare_exchange_strong(&made, &before, c)) {
		context_free(c);
		c = before;
	}
	return c;
}

bool crypto_context_open(struct err *e)
{
	return get() ||
	       err_set(e, ERR_LIMIT,
		       "libcrypto gives no context with its provider 'default': out of memory, or "
		       "built without it");
}

static const struct context *need(void)
{
	const struct context *c = get();

	if (!c)
		abort();
	return c;
}

OSSL_LIB_CTX *crypto_context(void)
{
	return need()->lib;
}

const EVP_MD *crypto_context_digest(enum digest_alg alg)
{
	return need()->digests[alg];
}

/* Empties the queue; whether some error is of more than a key that could not be set up. */
static bool forget(void)
{
	bool blames = false;
	unsigned long code;

	while ((code = ERR_get_error()) != 0) {
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			mem_note_missing();
		blames |= ERR_GET_LIB(code) != ERR_LIB_EVP;
	}
	return blames;
}

void crypto_context_forget_errors(void)
{
	(void)forget();
}

bool crypto_context_second(bool holds)
{
	crypto_context_forget_errors();
	if (holds)
		mem_note_missing();
	return holds;
}

void crypto_context_forget_failure(void)
{
	if (!forget())
		mem_note_missing();
}
