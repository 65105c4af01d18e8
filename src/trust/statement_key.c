#include "trust/statement_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/crypto_context.h"
#include "base/mem.h"
#include "codec/base64.h"
#include "base/banned.h"

enum { SPKI_MAX = 1024, RAW_SIZE = STATEMENT_KEY_ED25519_SIZE, NUMBER = 32, SCRATCH = 4096 };

/* SubjectPublicKeyInfo of both kinds up to the key's own bytes: RFC 8410, section 4; RFC 5480, section 2. */
static const uint8_t ed25519_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03,
	0x21, 0x00 };
static const uint8_t p256_head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
	0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42,
	0x00, 0x04 };
enum { DER_MAX = sizeof p256_head + 2 * NUMBER };

struct der {
	uint8_t p[DER_MAX];
	size_t n;
};

struct statement_key {
	EVP_PKEY *pkey;
	bool is_p256;
	struct der der;
	uint8_t id[SHA256_SIZE];
};

void statement_key_free(struct statement_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

void statement_key_freep(struct statement_key **k)
{
	statement_key_free(*k);
}

/* ---- one form of each key ---- */

static bool is_p256(const EVP_PKEY *pkey)
{
	char group[40] = { 0 };

	return EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
	       !strcmp(group, "prime256v1");
}

static bool put_number(struct der *d, const EVP_PKEY *pkey, const char *which)
{
	BIGNUM *v = NULL;
	bool ok = EVP_PKEY_get_bn_param(pkey, which, &v) == 1 &&
		  BN_bn2binpad(v, d->p + d->n, NUMBER) == NUMBER;

	d->n += NUMBER;
	BN_free(v);
	return ok;
}

/* Whichever form of point or curve it came in. False for another kind of key, or without memory. */
static bool write_der(struct der *d, const EVP_PKEY *pkey)
{
	size_t n = RAW_SIZE;

	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		memcpy(d->p, ed25519_head, sizeof ed25519_head);
		d->n = sizeof ed25519_head + RAW_SIZE;
		return EVP_PKEY_get_raw_public_key(pkey, d->p + sizeof ed25519_head, &n) == 1 &&
		       n == RAW_SIZE;
	}
	if (!is_p256(pkey))
		return false;
	memcpy(d->p, p256_head, sizeof p256_head);
	d->n = sizeof p256_head;
	return put_number(d, pkey, OSSL_PKEY_PARAM_EC_PUB_X) &&
	       put_number(d, pkey, OSSL_PKEY_PARAM_EC_PUB_Y);
}

static EVP_PKEY *read_der(struct span der)
{
	const unsigned char *at = der.p;
	EVP_PKEY *pkey = der.n && der.n <= SPKI_MAX
				 ? d2i_PUBKEY_ex(NULL, &at, (long)der.n, crypto_context(), NULL)
				 : NULL;

	if (pkey && at == der.p + der.n)
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}

bool statement_key_of_pkey(struct statement_key **ret, EVP_PKEY *pkey, struct err *e)
{
	CLEANUP(statement_key_freep) struct statement_key *k = NULL;
	struct der d = { 0 };

	if (!write_der(&d, pkey)) {
		crypto_context_forget_errors();
		err_set(e, ERR_USAGE, "a key of another kind than Ed25519 and P-256");
		return err_hint(e, "`assay key new` makes one of these");
	}
	k = MEM_NEW(struct statement_key);
	if (k)
		k->pkey = read_der(span_make(d.p, d.n));
	crypto_context_forget_errors();
	if (!k || !k->pkey) {
		mem_note_missing(); /* libcrypto itself gave these numbers */
		return err_set(e, ERR_LIMIT, "public key: no memory");
	}
	k->is_p256 = d.n == DER_MAX;
	k->der = d;
	sha256_of(k->id, span_make(d.p, d.n));
	*ret = TAKE(k);
	return true;
}

/* ---- reading ---- */

/* Takes pkey over, which may be NULL. */
static bool take(struct statement_key **ret, EVP_PKEY *pkey, struct err *e)
{
	bool ok;

	crypto_context_forget_errors();
	if (!pkey)
		return err_set(e, ERR_FORMAT, "no public key (SubjectPublicKeyInfo)");
	ok = statement_key_of_pkey(ret, pkey, e);
	EVP_PKEY_free(pkey);
	return ok;
}

bool statement_key_of_spki(struct statement_key **ret, struct span der, struct err *e)
{
	EVP_PKEY *pkey = read_der(der);

	if (!pkey) {
		pkey = read_der(der);
		(void)crypto_context_second(pkey != NULL);
	}
	return take(ret, pkey, e);
}

bool statement_key_of_pem(struct statement_key **ret, struct span pem, struct err *e)
{
	BIO *bio = pem.n <= STATEMENT_KEY_FILE_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	EVP_PKEY *pkey = bio ? PEM_read_bio_PUBKEY_ex(bio, NULL, NULL, NULL, crypto_context(), NULL)
			     : NULL;

	BIO_free(bio);
	return take(ret, pkey, e);
}

/* The DER that a line stands for. */
static bool read_line(struct der *ret, struct str line, struct arena *a, struct err *e)
{
	struct str kind, text;
	struct span bytes;
	bool raw;

	if (line.n > STATEMENT_KEY_TEXT_MAX || !str_cut(line, ':', &kind, &text) ||
		!(str_is(kind, "ed25519") || str_is(kind, "p256"))) {
		err_set(e, ERR_FORMAT, "'%.*s' is no key, want ed25519:BASE64 or p256:BASE64",
			(int)(line.n < 80 ? line.n : 80), line.p ? line.p : "");
		return err_hint(e, "`assay key show FILE` prints the line of a key");
	}
	raw = str_is(kind, "ed25519");
	if (!base64_read(&bytes, text, BASE64_STANDARD, a, e))
		return err_wrap(e, "key '%.*s'", STR_ARG(line));
	if (bytes.n != (raw ? RAW_SIZE : DER_MAX))
		return err_set(e, ERR_FORMAT, "key '%.*s' is %zu bytes, want %d", STR_ARG(line),
			bytes.n, raw ? RAW_SIZE : (int)DER_MAX);
	if (raw)
		memcpy(ret->p, ed25519_head, sizeof ed25519_head);
	ret->n = raw ? sizeof ed25519_head : 0;
	memcpy(ret->p + ret->n, bytes.p, bytes.n);
	ret->n += bytes.n;
	return true;
}

/* It begins as keys of its kind do: when libcrypto finds another kind, it was memory, of which it does not tell. */
static bool has_head(const struct der *d)
{
	return !memcmp(d->p, ed25519_head, sizeof ed25519_head) ||
	       !memcmp(d->p, p256_head, sizeof p256_head);
}

bool statement_key_parse(struct statement_key **ret, struct str line, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(SCRATCH);
	CLEANUP(statement_key_freep) struct statement_key *k = NULL;
	struct der d = { 0 };

	if (!a)
		return err_set(e, ERR_LIMIT, "key: no memory");
	if (!read_line(&d, line, a, e))
		return false;
	if (!statement_key_of_spki(&k, span_make(d.p, d.n), e)) {
		if (e->kind == ERR_USAGE && has_head(&d))
			mem_note_missing();
		return err_wrap(e, "key '%.*s'", STR_ARG(line));
	}
	if (!span_equal(span_make(d.p, d.n), statement_key_spki(k)))
		return err_set(e, ERR_FORMAT,
			"key '%.*s' is not in its one form: the curve by name, the whole point",
			STR_ARG(line));
	*ret = TAKE(k);
	return true;
}

/* ---- what it says ---- */

void statement_key_write(struct buf *out, const struct statement_key *k)
{
	size_t head = k->is_p256 ? 0 : sizeof ed25519_head;

	buf_add_cstr(out, k->is_p256 ? "p256:" : "ed25519:");
	base64_add(out, span_make(k->der.p + head, k->der.n - head), BASE64_STANDARD);
}

struct span statement_key_spki(const struct statement_key *k)
{
	return span_make(k->der.p, k->der.n);
}

bool statement_key_ed25519(
	uint8_t ret[static RAW_SIZE], const struct statement_key *k, struct err *e)
{
	if (k->is_p256)
		return err_set(e, ERR_USAGE, "the key is one of P-256, not Ed25519");
	memcpy(ret, k->der.p + sizeof ed25519_head, RAW_SIZE);
	return true;
}

void statement_key_id(uint8_t ret[static SHA256_SIZE], const struct statement_key *k)
{
	memcpy(ret, k->id, SHA256_SIZE);
}

bool statement_key_equal(const struct statement_key *a, const struct statement_key *b)
{
	return span_equal(statement_key_spki(a), statement_key_spki(b));
}

static bool verify_once(const struct statement_key *k, struct span message, struct span signature)
{
	const char *md = k->is_p256 ? "SHA256" : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = false;

	if (!ctx ||
		EVP_DigestVerifyInit_ex(ctx, NULL, md, crypto_context(), NULL, k->pkey, NULL) != 1)
		mem_note_missing(); /* the key is what it must be */
	else
		ok = EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	crypto_context_forget_errors();
	return ok;
}

bool statement_key_verify(
	const struct statement_key *k, struct span message, struct span signature, struct err *e)
{
	return verify_once(k, message, signature) ||
	       crypto_context_second(verify_once(k, message, signature)) ||
	       err_set(e, ERR_SIGNATURE, "signature does not verify with the key");
}
