#include "trust/private_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "base/banned.h"

#define GROUP "prime256v1"
enum { SIGNATURE_MAX = 128, NUMBER = PRIVATE_KEY_ES256_SIZE / 2 };

struct private_key {
	EVP_PKEY *pkey;
	enum private_key_kind kind;
};

static const char *const names[] = {
	[PRIVATE_KEY_ED25519] = "ed25519",
	[PRIVATE_KEY_P256] = "p256",
};

void private_key_free(struct private_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

void private_key_freep(struct private_key **k)
{
	private_key_free(*k);
}

/* Nobody is asked for a passphrase; *asked says that one was wanted. */
static int ask_nobody(char *out, int size, int writing, void *asked)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static bool kind_of(enum private_key_kind *ret, EVP_PKEY *pkey, struct err *e)
{
	char group[40] = { 0 };

	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		*ret = PRIVATE_KEY_ED25519;
		return true;
	}
	if (EVP_PKEY_is_a(pkey, "EC") &&
		EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
		!strcmp(group, GROUP)) {
		*ret = PRIVATE_KEY_P256;
		return true;
	}
	err_set(e, ERR_MISMATCH, "a key of another kind than Ed25519 and P-256");
	return err_hint(e, "`assay key new` makes one");
}

/* Takes pkey over. */
static bool take(struct private_key **ret, EVP_PKEY *pkey, struct err *e)
{
	enum private_key_kind kind = PRIVATE_KEY_ED25519;
	struct private_key *k = NULL;
	bool ok = kind_of(&kind, pkey, e);

	crypto_context_forget_errors();
	if (ok)
		k = MEM_NEW(struct private_key);
	if (!k) {
		EVP_PKEY_free(pkey);
		return ok ? err_set(e, ERR_LIMIT, "private key: no memory") : false;
	}
	*k = (struct private_key){ pkey, kind };
	*ret = k;
	return true;
}

bool private_key_of_pem(struct private_key **ret, struct span pem, struct err *e)
{
	bool asked = false;
	EVP_PKEY *pkey;
	BIO *bio;

	if (pem.n > PRIVATE_KEY_FILE_MAX)
		return err_set(e, ERR_LIMIT, "private key is %zu bytes, limit %d", pem.n,
			PRIVATE_KEY_FILE_MAX);
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	pkey = bio ? PEM_read_bio_PrivateKey_ex(
			     bio, NULL, ask_nobody, &asked, crypto_context(), NULL)
		   : NULL;
	BIO_free(bio);
	crypto_context_forget_errors();
	if (!pkey && asked) {
		err_set(e, ERR_USAGE, "the private key has a passphrase, and nobody is asked here");
		return err_hint(
			e, "openssl pkey -in KEY -out PLAIN, into a folder that is yours alone");
	}
	if (!pkey) {
		err_set(e, ERR_FORMAT, "no private key in PEM");
		return err_hint(e, "`assay key new` makes one");
	}
	return take(ret, pkey, e);
}

bool private_key_new(struct private_key **ret, enum private_key_kind kind, struct err *e)
{
	EVP_PKEY *pkey = kind == PRIVATE_KEY_P256
				 ? EVP_PKEY_Q_keygen(crypto_context(), NULL, "EC", GROUP)
				 : EVP_PKEY_Q_keygen(crypto_context(), NULL, "ED25519");

	crypto_context_forget_errors();
	if (!pkey)
		return err_set(e, ERR_INTERNAL, "libcrypto makes no key: no random numbers?");
	return take(ret, pkey, e);
}

enum private_key_kind private_key_kind_of(const struct private_key *k)
{
	return k->kind;
}

const char *private_key_kind_name(enum private_key_kind kind)
{
	return names[kind];
}

bool private_key_kind_of_name(enum private_key_kind *ret, struct str name)
{
	for (size_t i = PRIVATE_KEY_ED25519; i < ARRAY_LEN(names); i++)
		if (str_is(name, names[i])) {
			*ret = (enum private_key_kind)i;
			return true;
		}
	return false;
}

bool private_key_ed25519(
	uint8_t ret[static PRIVATE_KEY_ED25519_SIZE], const struct private_key *k, struct err *e)
{
	size_t n = PRIVATE_KEY_ED25519_SIZE;
	bool ok = k->kind == PRIVATE_KEY_ED25519 &&
		  EVP_PKEY_get_raw_public_key(k->pkey, ret, &n) == 1 &&
		  n == PRIVATE_KEY_ED25519_SIZE;

	crypto_context_forget_errors();
	return ok || err_set(e, ERR_INTERNAL, "the key has no Ed25519 public half");
}

bool private_key_public(struct statement_key **ret, const struct private_key *k, struct err *e)
{
	return statement_key_of_pkey(ret, k->pkey, e);
}

bool private_key_spki(struct buf *out, const struct private_key *k, struct err *e)
{
	CLEANUP(statement_key_freep) struct statement_key *half = NULL;
	struct span der;

	if (!private_key_public(&half, k, e))
		return false;
	der = statement_key_spki(half);
	buf_add(out, der.p, der.n);
	return buf_ok(out) || buf_full(out, "the public key", e);
}

bool private_key_pem(
	char ret[static PRIVATE_KEY_PEM_MAX], size_t *n, const struct private_key *k, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when it is freed, and when it grows */
	char *p = NULL;
	bool ok = bio &&
		  PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) == 1;
	long size = ok ? BIO_get_mem_data(bio, &p) : 0;

	ok = size > 0 && size <= PRIVATE_KEY_PEM_MAX;
	if (ok) {
		memcpy(ret, p, (size_t)size);
		*n = (size_t)size;
	}
	BIO_free(bio);
	crypto_context_forget_errors();
	return ok || err_set(e, ERR_INTERNAL, "libcrypto cannot write the private key");
}

static const char *md_of(const struct private_key *k)
{
	return k->kind == PRIVATE_KEY_P256 ? "SHA256" : NULL;
}

static bool make(uint8_t sig[static SIGNATURE_MAX], size_t *n, const struct private_key *k,
	struct span message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx &&
		  EVP_DigestSignInit_ex(
			  ctx, NULL, md_of(k), crypto_context(), NULL, k->pkey, NULL) == 1 &&
		  EVP_DigestSign(ctx, sig, n, message.p, message.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

/* By the public half that the file brought along, which need not be that of its secret. */
static bool holds(const struct private_key *k, struct span sig, struct span message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx &&
		  EVP_DigestVerifyInit_ex(
			  ctx, NULL, md_of(k), crypto_context(), NULL, k->pkey, NULL) == 1 &&
		  EVP_DigestVerify(ctx, sig.p, sig.n, message.p, message.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool sign(uint8_t sig[static SIGNATURE_MAX], size_t *n, const struct private_key *k,
	struct span message, struct err *e)
{
	bool made, held;

	*n = SIGNATURE_MAX;
	made = make(sig, n, k, message);
	held = made && holds(k, span_make(sig, *n), message);
	crypto_context_forget_errors();
	if (!made)
		return err_set(e, ERR_INTERNAL, "libcrypto cannot sign with the key");
	return held || err_set(e, ERR_MISMATCH,
			       "the public key in the file is not that of its private key");
}

bool private_key_sign(
	struct buf *out, const struct private_key *k, struct span message, struct err *e)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t n;

	if (!sign(sig, &n, k, message, e))
		return false;
	buf_add(out, sig, n);
	return buf_ok(out) || buf_full(out, "the signature", e);
}

bool private_key_can_es256(const struct private_key *k, struct err *e)
{
	if (k->kind == PRIVATE_KEY_P256)
		return true;
	err_set(e, ERR_USAGE, "a key of another kind: ES256 signs with the curve P-256 alone");
	return err_hint(e, "assay key new FILE --type p256");
}

bool private_key_es256(uint8_t ret[static PRIVATE_KEY_ES256_SIZE], const struct private_key *k,
	struct span message, struct err *e)
{
	uint8_t der[SIGNATURE_MAX], pair_bytes[PRIVATE_KEY_ES256_SIZE];
	const unsigned char *at = der;
	ECDSA_SIG *pair;
	size_t n;
	bool ok;

	if (!private_key_can_es256(k, e) || !sign(der, &n, k, message, e))
		return false;
	pair = d2i_ECDSA_SIG(NULL, &at, (long)n);
	ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), pair_bytes, NUMBER) == NUMBER &&
	     BN_bn2binpad(ECDSA_SIG_get0_s(pair), pair_bytes + NUMBER, NUMBER) == NUMBER;
	ECDSA_SIG_free(pair);
	crypto_context_forget_errors();
	if (!ok)
		return err_set(e, ERR_INTERNAL, "libcrypto cannot take its signature apart");
	memcpy(ret, pair_bytes, sizeof pair_bytes);
	return true;
}
