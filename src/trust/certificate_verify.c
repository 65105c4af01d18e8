#include "trust/certificate.h"

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "trust/certificate_inside.h"
#include "trust/certificate_validity.h"
#include "base/banned.h"

/*
 * Critical extensions that libcrypto does not process but that a TPM certificate may carry: they describe the TPM and
 * restrict nothing that is asked here (TCG EK Credential Profile 2.5, section 3.2).
 */
static bool known_extension(const X509_EXTENSION *ext)
{
	static const char *const oids[] = {
		"2.5.29.9", /* subjectDirectoryAttributes: TPM specification and security assertions */
		"2.5.29.17",     /* subjectAltName: manufacturer, model, version */
		"2.5.29.32",     /* certificatePolicies */
		"2.23.133.2.16", /* tpmSpecification */
	};
	char oid[80];

	if (X509_supported_extension((X509_EXTENSION *)(uintptr_t)ext))
		return true;
	OBJ_obj2txt(
		oid, sizeof oid, X509_EXTENSION_get_object((X509_EXTENSION *)(uintptr_t)ext), 1);
	for (size_t i = 0; i < ARRAY_LEN(oids); i++)
		if (!strcmp(oid, oids[i]))
			return true;
	return false;
}

static bool known_extensions(const X509 *x)
{
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		const X509_EXTENSION *ext = X509_get_ext(x, i);

		if (X509_EXTENSION_get_critical(ext) && !known_extension(ext))
			return false;
	}
	return true;
}

struct when {
	int64_t at_unix, leeway_s;
};

/* libcrypto knows no leeway, and takes the last second of a certificate for one behind its end. */
static bool in_leeway(const X509 *x, const struct when *when)
{
	struct certificate_validity v;
	struct err ignored = { 0 };

	return certificate_validity_of(
		       &v, X509_get0_notBefore(x), X509_get0_notAfter(x), "", &ignored) &&
	       certificate_validity_check(&v, when->at_unix, when->leeway_s, "", &ignored);
}

static int on_error(int ok, X509_STORE_CTX *ctx)
{
	const X509 *at = X509_STORE_CTX_get_current_cert(ctx);
	int code = X509_STORE_CTX_get_error(ctx);
	bool taken = false;

	if (ok || !at)
		return ok;
	if (code == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION)
		taken = known_extensions(at);
	if (code == X509_V_ERR_CERT_NOT_YET_VALID || code == X509_V_ERR_CERT_HAS_EXPIRED)
		taken = in_leeway(at, X509_STORE_CTX_get_app_data(ctx));
	if (taken)
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return taken;
}

#define EK_USAGE "2.23.133.8.1"
#define AK_USAGE "2.23.133.8.3"

static bool usages_have(const EXTENDED_KEY_USAGE *usages, const char *oid)
{
	bool found = false;
	char text[80];

	for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++) {
		OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usages, i), 1);
		found = found || !strcmp(text, oid);
	}
	return found;
}

static bool has_usage(X509 *x, const char *oid)
{
	EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	bool found = usages_have(usages, oid);

	EXTENDED_KEY_USAGE_free(usages);
	return found;
}

/* There is no extended key usage, or this one and no other. */
static bool has_no_other_usage(X509 *x, const char *oid)
{
	int found = 0; /* -1: no such extension */
	EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(x, NID_ext_key_usage, &found, NULL);
	bool ok = usages ? sk_ASN1_OBJECT_num(usages) == 1 && usages_have(usages, oid)
			 : found == -1;

	EXTENDED_KEY_USAGE_free(usages);
	return ok;
}

/* The extension decides, and where it is not there all is allowed. */
static bool check_usages(X509 *x, bool ek, struct err *e)
{
	const char *oid = ek ? EK_USAGE : AK_USAGE;
	uint32_t wanted = ek ? KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT : KU_DIGITAL_SIGNATURE;

	if (!has_usage(x, oid))
		return err_set(e, ERR_SIGNATURE, "%s certificate lacks the extended key usage %s",
			ek ? "EK" : "AK", oid);
	return X509_get_key_usage(x) & wanted ||
	       err_set(e, ERR_SIGNATURE, "%s certificate: its key usage does not allow %s",
		       ek ? "EK" : "AK", ek ? "encryption to it" : "signing");
}

static bool check_usages_gce(X509 *x, bool ek, struct err *e)
{
	uint32_t usage = X509_get_key_usage(x); /* all bits set without the extension */

	if (!has_no_other_usage(x, EK_USAGE))
		return err_set(e, ERR_SIGNATURE,
			"%s certificate of Google's has another extended key usage than " EK_USAGE,
			ek ? "EK" : "AK");
	if (ek)
		return usage == KU_KEY_ENCIPHERMENT || usage == KU_KEY_AGREEMENT ||
		       err_set(e, ERR_SIGNATURE,
			       "EK certificate of Google's: its key usage is not key encipherment or key agreement alone");
	return usage == KU_DIGITAL_SIGNATURE ||
	       err_set(e, ERR_SIGNATURE,
		       "AK certificate of Google's: its key usage is not digital signature alone");
}

static bool check_leaf(X509 *x, enum certificate_purpose purpose, struct err *e)
{
	bool ek = purpose == CERTIFICATE_EK || purpose == CERTIFICATE_EK_GCE;
	bool gce = purpose == CERTIFICATE_EK_GCE || purpose == CERTIFICATE_AK_GCE;

	if (X509_check_ca(x) != 0 || X509_get_extension_flags(x) & EXFLAG_CA)
		return err_set(e, ERR_SIGNATURE, "%s certificate is one of an authority",
			ek ? "EK" : "AK");
	return gce ? check_usages_gce(x, ek, e) : check_usages(x, ek, e);
}

static STACK_OF(X509) * stack_of(const struct certificate *const *list, size_t n)
{
	STACK_OF(X509) *stack = sk_X509_new_null();

	for (size_t i = 0; stack && i < n; i++)
		if (!sk_X509_push(stack, list[i]->x509)) {
			sk_X509_free(stack);
			return NULL;
		}
	return stack;
}

static bool set_up(X509_STORE_CTX *ctx, X509_STORE *store, const struct certificate_chain *chain,
	STACK_OF(X509) * others, struct when *when)
{
	X509_VERIFY_PARAM *param;

	if (!ctx || !store || !others)
		return false;
	for (size_t i = 0; i < chain->n_roots; i++)
		if (X509_STORE_add_cert(store, chain->roots[i]->x509) != 1)
			return false;
	if (X509_STORE_CTX_init(ctx, store, chain->leaf->x509, others) != 1)
		return false;
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)when->at_unix);
	X509_VERIFY_PARAM_set_depth(param, CERTIFICATE_CHAIN_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, 2); /* 112 bits: RSA 2048, SHA-256 */
	/* What the user named is the anchor, whether it signed itself or not. */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	X509_STORE_CTX_set_verify_cb(ctx, on_error);
	return X509_STORE_CTX_set_app_data(ctx, when) == 1;
}

static bool say_why(X509_STORE_CTX *ctx, struct err *e)
{
	int code = X509_STORE_CTX_get_error(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	const X509 *at = X509_STORE_CTX_get_current_cert(ctx);
	char name[160] = "";
	bool clock = code == X509_V_ERR_CERT_NOT_YET_VALID || code == X509_V_ERR_CERT_HAS_EXPIRED;

	if (at)
		X509_NAME_oneline(X509_get_subject_name(at), name, sizeof name);
	err_set(e, ERR_SIGNATURE, "certificate %d of the chain (%s): %s%s", depth, name,
		X509_verify_cert_error_string(code),
		clock ? " at the time of this appraisal: it or the clock is wrong" : "");
	return false;
}

/* Which of the user's roots the path ended in. */
static bool find_root(X509_STORE_CTX *ctx, const struct certificate_chain *chain, size_t *root)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	X509 *last = sk_X509_value(path, sk_X509_num(path) - 1);

	for (size_t i = 0; last && i < chain->n_roots; i++)
		if (X509_cmp(last, chain->roots[i]->x509) == 0) {
			*root = i;
			return true;
		}
	return false;
}

static bool path_once(
	const struct certificate_chain *chain, struct when *when, size_t *root, struct err *e)
{
	X509_STORE_CTX *ctx;
	X509_STORE *store;
	STACK_OF(X509) * others;
	bool ok;

	ctx = X509_STORE_CTX_new_ex(crypto_context(), NULL);
	store = X509_STORE_new();
	others = stack_of(chain->others, chain->n_others);
	if (!set_up(ctx, store, chain, others, when)) {
		mem_note_missing();
		ok = err_set(e, ERR_LIMIT, "certificates: no memory");
	} else if (X509_verify_cert(ctx) != 1) {
		ok = say_why(ctx, e);
	} else {
		ok = find_root(ctx, chain, root) ||
		     err_set(e, ERR_INTERNAL, "certificate path ends in no root of the trust file");
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_free(others);
	crypto_context_forget_errors();
	return ok;
}

bool certificate_verify(const struct certificate_chain *chain, enum certificate_purpose purpose,
	int64_t at_unix, int64_t leeway_s, size_t *root, struct err *e)
{
	struct when when = { at_unix, leeway_s };
	X509 *leaf = chain->leaf->x509;

	if (leeway_s < 0)
		return err_set(e, ERR_USAGE, "certificates: leeway out of range");
	if (chain->n_roots == 0)
		return err_set(e, ERR_NOTFOUND, "the trust file names no TPM root");
	if (!check_leaf(leaf, purpose, e) && !crypto_context_second(check_leaf(leaf, purpose, e)))
		return false;
	return path_once(chain, &when, root, e) ||
	       crypto_context_second(path_once(chain, &when, root, e));
}
