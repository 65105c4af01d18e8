#include "trust/nitro_chain.h"

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "trust/nitro_chain_inside.h"
#include "base/banned.h"

/* Nothing else is understood here, and so nothing else may be critical. */
static bool critical_known(const X509 *x)
{
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *ext = X509_get_ext(x, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));

		if (X509_EXTENSION_get_critical(ext) && nid != NID_basic_constraints &&
			nid != NID_key_usage)
			return false;
	}
	return true;
}

static bool is_critical(const X509 *x, int nid)
{
	int at = X509_get_ext_by_NID(x, nid, -1);

	return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x, at));
}

static bool key_is_p384(const X509 *x)
{
	EVP_PKEY *pkey = X509_get0_pubkey(x);
	char name[80] = "";
	size_t n = 0;

	return pkey && EVP_PKEY_get_id(pkey) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(pkey, name, sizeof name, &n) == 1 &&
	       !strcmp(name, "secp384r1");
}

/* What is wrong with a certificate in itself, or NULL. */
static const char *wrong_form(X509 *x)
{
	if (X509_get_version(x) != X509_VERSION_3)
		return "it is not of version 3";
	if (X509_check_purpose(x, -1, 0) != 1 || X509_get_extension_flags(x) & EXFLAG_INVALID)
		return "its extensions contradict each other or cannot be read";
	if (!critical_known(x))
		return "a critical extension that this verifier does not know";
	if (!key_is_p384(x))
		return "its key is not on the curve P-384";
	if (X509_get_signature_nid(x) != NID_ecdsa_with_SHA384)
		return "it is not signed with ECDSA and SHA-384";
	if (!is_critical(x, NID_basic_constraints))
		return "no critical basic constraints";
	if (!(X509_get_extension_flags(x) & EXFLAG_KUSAGE))
		return "no key usage";
	return NULL;
}

/* below: how many authorities stand between this one and the leaf. */
static const char *wrong_authority(X509 *x, size_t below)
{
	long length = X509_get_pathlen(x); /* -1: as long as one likes */

	if (!(X509_get_extension_flags(x) & EXFLAG_CA))
		return "basic constraints: it is no authority, but issued the next one";
	if (length >= 0 && (size_t)length < below)
		return "path length: more certificates follow than it allows";
	if (!is_critical(x, NID_key_usage) || !(X509_get_key_usage(x) & KU_KEY_CERT_SIGN))
		return "key usage: it may not sign certificates";
	return NULL;
}

static const char *wrong_leaf(X509 *x)
{
	if (X509_get_extension_flags(x) & EXFLAG_CA)
		return "basic constraints: it is an authority, and may not sign documents";
	if (!(X509_get_key_usage(x) & KU_DIGITAL_SIGNATURE))
		return "key usage: it may not sign documents";
	return NULL;
}

bool nitro_chain_check_profile(const struct nitro_chain *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		bool leaf = i + 1 == c->n;
		const char *why = wrong_form(c->x509[i]);

		if (!why)
			why = leaf ? wrong_leaf(c->x509[i])
				   : wrong_authority(c->x509[i], c->n - 2 - i);
		crypto_context_forget_errors();
		if (why)
			return nitro_chain_wrong(c, i, why, e);
	}
	return true;
}

static bool set_up(X509_STORE_CTX *ctx, X509_STORE *store, STACK_OF(X509) * between,
	const struct nitro_chain *c)
{
	X509_VERIFY_PARAM *param;

	if (!ctx || !store || !between || X509_STORE_add_cert(store, c->x509[0]) != 1)
		return false;
	for (size_t i = 1; i + 1 < c->n; i++)
		if (!sk_X509_push(between, c->x509[i]))
			return false;
	if (X509_STORE_CTX_init(ctx, store, c->x509[c->n - 1], between) != 1)
		return false;
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_depth(param, NITRO_DOCUMENT_CABUNDLE_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, 3); /* 128 bits and more */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
	return true;
}

/* The path that libcrypto found, leaf first, is all of the chain in its order. */
static bool is_whole(X509_STORE_CTX *ctx, const struct nitro_chain *c)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);

	if (sk_X509_num(path) != (int)c->n)
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (X509_cmp(sk_X509_value(path, (int)(c->n - 1 - i)), c->x509[i]))
			return false;
	return true;
}

static bool say_why(X509_STORE_CTX *ctx, const struct nitro_chain *c, struct err *e)
{
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	const char *why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));

	return nitro_chain_wrong(
		c, depth >= 0 && (size_t)depth < c->n ? c->n - 1 - (size_t)depth : 0, why, e);
}

static bool signatures_once(const struct nitro_chain *c, struct err *e)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(crypto_context(), NULL);
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *between = sk_X509_new_null();
	bool ok;

	if (!set_up(ctx, store, between, c)) {
		mem_note_missing();
		ok = err_set(e, ERR_LIMIT, "certificates: no memory");
	} else if (X509_verify_cert(ctx) != 1) {
		ok = say_why(ctx, c, e);
	} else {
		ok = is_whole(ctx, c) ||
		     err_set(e, ERR_SIGNATURE,
			     "the chain's certificates were not issued one by the other in their order");
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_free(between);
	crypto_context_forget_errors();
	return ok;
}

bool nitro_chain_check_signatures(const struct nitro_chain *c, struct err *e)
{
	return signatures_once(c, e) || crypto_context_second(signatures_once(c, e));
}
