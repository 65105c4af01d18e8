#include "trust/intel_chain.h"

#include <openssl/x509v3.h>

#include "base/crypto_context.h"
#include "trust/certificate_inside.h"
#include "base/banned.h"

enum { SHOWN_MAX = 160 };

struct role {
	const char *what;
	const char *subjects[2], *issuers[2]; /* any of them */
	long path_length;                     /* -1: no authority */
	uint32_t usage;                       /* exactly these */
};

#define ROOT_CN "Intel SGX Root CA"
#define PLATFORM_CN "Intel SGX PCK Platform CA"
#define PROCESSOR_CN "Intel SGX PCK Processor CA"

static const struct role pck = { "PCK certificate", { "Intel SGX PCK Certificate" },
	{ PLATFORM_CN, PROCESSOR_CN }, -1, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION };
static const struct role pck_ca = { "PCK CA certificate", { PLATFORM_CN, PROCESSOR_CN },
	{ ROOT_CN }, 0, KU_KEY_CERT_SIGN | KU_CRL_SIGN };
static const struct role signing = { "TCB signing certificate", { "Intel SGX TCB Signing" },
	{ ROOT_CN }, -1, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION };
static const struct role root = { "Intel root", { ROOT_CN }, { ROOT_CN }, 1,
	KU_KEY_CERT_SIGN | KU_CRL_SIGN };

static const struct role *const pck_roles[INTEL_CHAIN_MAX] = { &pck, &pck_ca, &root };
static const struct role *const signing_roles[INTEL_CHAIN_MAX] = { &signing, &root };

static bool bad(const struct role *r, const char *what, struct err *e)
{
	return err_set(e, ERR_SIGNATURE, "%s: %s", r->what, what);
}

/* Exactly one common name, and it is one of these. */
static bool name_is(const X509_NAME *name, const char *const want[2])
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	const ASN1_STRING *cn;
	struct str got;

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
		return false;
	cn = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	got = str_make((const char *)ASN1_STRING_get0_data(cn), (size_t)ASN1_STRING_length(cn));
	return str_is(got, want[0]) || (want[1] && str_is(got, want[1]));
}

static bool check_names(X509 *x, const struct role *r, struct err *e)
{
	if (!name_is(X509_get_subject_name(x), r->subjects))
		return bad(r, "its subject is not one of this place in the chain", e);
	if (!name_is(X509_get_issuer_name(x), r->issuers))
		return bad(r, "its issuer is not one of this place in the chain", e);
	return true;
}

static bool check_key(X509 *x, const struct role *r, struct err *e)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	char group[SHOWN_MAX] = "";
	size_t n = 0;

	if (X509_get_signature_nid(x) != NID_ecdsa_with_SHA256)
		return bad(r, "its signature algorithm is not ECDSA with SHA-256", e);
	if (!key || EVP_PKEY_get_id(key) != EVP_PKEY_EC ||
		EVP_PKEY_get_group_name(key, group, sizeof group, &n) != 1 ||
		strcmp(group, "prime256v1") != 0)
		return bad(r, "its key is not one of P-256", e);
	return true;
}

static bool check_critical(X509 *x, const struct role *r, struct err *e)
{
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *ext = X509_get_ext(x, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));

		if (X509_EXTENSION_get_critical(ext) && nid != NID_key_usage &&
			nid != NID_basic_constraints)
			return bad(r, "a critical extension that is not known here", e);
	}
	return true;
}

static bool check_constraints(X509 *x, const struct role *r, struct err *e)
{
	uint32_t flags = X509_get_extension_flags(x);
	bool is_ca = flags & EXFLAG_CA;

	if (flags & EXFLAG_INVALID)
		return bad(r, "an extension that cannot be read", e);
	if (X509_get_version(x) != X509_VERSION_3)
		return bad(r, "it is not of version 3", e);
	if (!(flags & EXFLAG_BCONS))
		return bad(r, "basic constraints are missing", e);
	if (is_ca != (r->path_length >= 0))
		return bad(
			r, is_ca ? "it is one of an authority" : "it is none of an authority", e);
	if (is_ca && X509_get_pathlen(x) != r->path_length)
		return bad(r, "its path length is not the one of its place", e);
	if (!(flags & EXFLAG_KUSAGE) || X509_get_key_usage(x) != r->usage)
		return bad(r, "key usage is missing or not the one of its place", e);
	if (!X509_get0_subject_key_id(x))
		return bad(r, "the subject key identifier is missing", e);
	if (!X509_get0_authority_key_id(x))
		return bad(r, "the authority key identifier is missing", e);
	if (X509_get_ext_by_NID(x, NID_crl_distribution_points, -1) < 0)
		return bad(r, "the CRL distribution points are missing", e);
	return check_critical(x, r, e);
}

bool intel_chain_roles(const struct intel_chain *c, struct err *e)
{
	const struct role *const *roles = c->role == INTEL_CHAIN_PCK ? pck_roles : signing_roles;

	for (size_t i = 0; i < c->n; i++) {
		const struct role *r = i < INTEL_CHAIN_MAX ? roles[i] : NULL;
		X509 *x;
		bool ok;

		if (!r)
			return err_set(e, ERR_SIGNATURE,
				"certificate chain: more certificates than places");
		x = c->certs[i]->x509;
		ok = check_constraints(x, r, e) && check_names(x, r, e) && check_key(x, r, e);
		crypto_context_forget_errors();
		if (!ok)
			return false;
	}
	return true;
}
