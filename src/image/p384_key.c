#include "image/p384_key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/banned.h"

#define GROUP "secp384r1"
enum { N = P384_KEY_NUMBER, SIGNATURE_MAX = 2 * N + 16 };

struct p384_key {
	EVP_PKEY *pkey;
	EC_GROUP *group;
	BIGNUM *secret; /* modulo the order, as all below */
	BIGNUM *x, *y;
};

void p384_key_free(struct p384_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	EC_GROUP_free(k->group);
	BN_clear_free(k->secret);
	BN_free(k->x);
	BN_free(k->y);
	free(k);
}

void p384_key_freep(struct p384_key **k)
{
	p384_key_free(*k);
}

static int no_passphrase(char *out, int size, int writing, void *asked)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static bool is_p384(const EVP_PKEY *pkey)
{
	char name[40];

	return EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_utf8_string_param(
		       pkey, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, NULL) == 1 &&
	       !strcmp(name, GROUP);
}

static bool read_pem(struct p384_key *k, struct span pem, struct err *e)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	bool asked = false;

	k->pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &asked) : NULL;
	BIO_free(bio);
	if (!k->pkey && asked) {
		err_set(e, ERR_USAGE, "the private key has a passphrase, and nobody is asked here");
		return err_hint(
			e, "openssl pkey -in KEY -out PLAIN, into a folder that is yours alone");
	}
	if (!k->pkey)
		return err_set(e, ERR_FORMAT, "no private key in PEM");
	if (is_p384(k->pkey))
		return true;
	err_set(e, ERR_USAGE, "a key of another kind: the security processor takes P-384 alone");
	return err_hint(e, "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384");
}

bool p384_key_of_pem(struct p384_key **ret, struct span pem, struct err *e)
{
	CLEANUP(p384_key_freep) struct p384_key *k = MEM_NEW(struct p384_key);
	bool ok;

	if (pem.n > P384_KEY_FILE_MAX)
		return err_set(e, ERR_LIMIT, "key is larger than %d bytes", P384_KEY_FILE_MAX);
	ok = read_pem(k, pem, e);
	ERR_clear_error();
	if (!ok)
		return false;
	k->group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	if (!k->group ||
		EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_PRIV_KEY, &k->secret) != 1 ||
		EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_EC_PUB_X, &k->x) != 1 ||
		EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &k->y) != 1)
		return err_set(e, ERR_FORMAT, "the private key lacks its numbers");
	BN_set_flags(k->secret, BN_FLG_CONSTTIME);
	*ret = TAKE(k);
	return true;
}

void p384_key_public(const struct p384_key *k, uint8_t x[static N], uint8_t y[static N])
{
	if (BN_bn2binpad(k->x, x, N) != N || BN_bn2binpad(k->y, y, N) != N)
		abort();
}

/* RFC 6979 section 3.2: the state from which candidates for k come. */
struct nonce {
	uint8_t key[N], value[N];
};

static void mac(struct nonce *n, const void *p, size_t size, uint8_t out[static N])
{
	if (!HMAC(EVP_sha384(), n->key, N, p, size, out, NULL))
		abort();
}

/* K = HMAC(K, V | tag | more), V = HMAC(K, V). */
static void mix(struct nonce *n, uint8_t tag, const uint8_t *more, size_t size)
{
	uint8_t text[N + 1 + 2 * N], key[N];

	memcpy(text, n->value, N);
	text[N] = tag;
	if (size)
		memcpy(text + N + 1, more, size);
	mac(n, text, N + 1 + size, key);
	memcpy(n->key, key, N);
	mac(n, n->value, N, n->value);
	OPENSSL_cleanse(text, sizeof text);
	OPENSSL_cleanse(key, sizeof key);
}

static void nonce_init(
	struct nonce *n, const BIGNUM *secret, const BIGNUM *hash, const BIGNUM *order, BN_CTX *ctx)
{
	uint8_t seed[2 * N];
	BIGNUM *reduced = BN_CTX_get(ctx);

	if (!reduced || !BN_nnmod(reduced, hash, order, ctx) ||
		BN_bn2binpad(secret, seed, N) != N || BN_bn2binpad(reduced, seed + N, N) != N)
		abort();
	memset(n->key, 0, N);
	memset(n->value, 1, N);
	mix(n, 0, seed, sizeof seed);
	mix(n, 1, seed, sizeof seed);
	OPENSSL_cleanse(seed, sizeof seed);
}

/* The next candidate that is a number 1..order-1. */
static void nonce_next(struct nonce *n, BIGNUM *k, const BIGNUM *order)
{
	for (;;) {
		mac(n, n->value, N, n->value);
		if (!BN_bin2bn(n->value, N, k))
			abort();
		if (!BN_is_zero(k) && BN_cmp(k, order) < 0)
			return;
		mix(n, 0, NULL, 0);
	}
}

/* r = (kG).x mod n, s = (hash + r secret) / k mod n; false when one of them is zero. */
static bool make(BIGNUM *r, BIGNUM *s, const struct p384_key *key, const BIGNUM *hash,
	const BIGNUM *k, BN_CTX *ctx)
{
	const BIGNUM *order = EC_GROUP_get0_order(key->group);
	EC_POINT *point = EC_POINT_new(key->group);
	BIGNUM *inverse = BN_CTX_get(ctx);
	bool ok = point && inverse && EC_POINT_mul(key->group, point, k, NULL, NULL, ctx) == 1 &&
		  EC_POINT_get_affine_coordinates(key->group, point, r, NULL, ctx) == 1 &&
		  BN_nnmod(r, r, order, ctx) && BN_mod_inverse(inverse, k, order, ctx) &&
		  BN_mod_mul(s, r, key->secret, order, ctx) && BN_mod_add(s, s, hash, order, ctx) &&
		  BN_mod_mul(s, s, inverse, order, ctx);

	EC_POINT_clear_free(point);
	if (!ok)
		abort();
	return !BN_is_zero(r) && !BN_is_zero(s);
}

static void sign_hash(BIGNUM *r, BIGNUM *s, const struct p384_key *key, struct span message)
{
	struct digest d = digest_of(DIGEST_SHA384, message);
	BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *hash = BN_bin2bn(d.bytes, N, NULL), *k = BN_secure_new();
	struct nonce n;

	if (!ctx || !hash || !k)
		abort();
	BN_CTX_start(ctx);
	BN_set_flags(k, BN_FLG_CONSTTIME);
	nonce_init(&n, key->secret, hash, EC_GROUP_get0_order(key->group), ctx);
	do
		nonce_next(&n, k, EC_GROUP_get0_order(key->group));
	while (!make(r, s, key, hash, k, ctx));
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	BN_free(hash);
	BN_clear_free(k);
	OPENSSL_cleanse(&n, sizeof n);
}

/* libcrypto's own word on it. */
static bool verifies(
	const struct p384_key *key, const BIGNUM *r, const BIGNUM *s, struct span message)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[SIGNATURE_MAX], *end = der;
	int n;
	bool ok;

	if (!sig || !ctx || ECDSA_SIG_set0(sig, BN_dup(r), BN_dup(s)) != 1)
		abort();
	n = i2d_ECDSA_SIG(sig, &end);
	ok = n > 0 && EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key->pkey) == 1 &&
	     EVP_DigestVerify(ctx, der, (size_t)n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	ECDSA_SIG_free(sig);
	ERR_clear_error();
	return ok;
}

bool p384_key_sign(uint8_t r_out[static N], uint8_t s_out[static N], const struct p384_key *k,
	struct span message, struct err *e)
{
	BIGNUM *r = BN_new(), *s = BN_new();
	bool ok;

	if (!r || !s)
		abort();
	sign_hash(r, s, k, message);
	ok = verifies(k, r, s, message);
	if (ok && (BN_bn2binpad(r, r_out, N) != N || BN_bn2binpad(s, s_out, N) != N))
		abort();
	BN_free(r);
	BN_free(s);
	return ok || err_set(e, ERR_MISMATCH,
			     "the public key in the file is not that of its private key");
}
