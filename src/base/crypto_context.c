#include "base/crypto_context.h"

#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/provider.h>

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

static struct context *context_new(void)
{
	struct context *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	/* Even the table of object names would load openssl.cnf, and with it what modules that names. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1)
		c->lib = OSSL_LIB_CTX_new();
	c->provider = c->lib ? OSSL_PROVIDER_load(c->lib, "default") : NULL;
	if (c->provider && fetch_digests(c))
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

void crypto_context_forget_errors(void)
{
	unsigned long code;

	while ((code = ERR_get_error()) != 0)
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			mem_note_missing();
}
