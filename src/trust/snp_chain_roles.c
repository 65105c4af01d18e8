#include "trust/snp_chain.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/crypto_context.h"
#include "trust/certificate_inside.h"
#include "base/banned.h"

enum { CN_MAX = 32, RSA_BITS = 4096, NAME_PARTS = 6 };

/* What AMD writes into every name but the common name. */
static const struct part {
	int nid;
	const char *name, *value;
} parts[] = {
	{ NID_organizationalUnitName, "OU", "Engineering" },
	{ NID_countryName, "C", "US" },
	{ NID_localityName, "L", "Santa Clara" },
	{ NID_stateOrProvinceName, "ST", "CA" },
	{ NID_organizationName, "O", "Advanced Micro Devices" },
};

struct role {
	const char *place; /* "ASK certificate" */
	const struct certificate *c;
	const char *subject, *issuer; /* common names */
	bool authority;
};

static bool part_is(X509_NAME *name, int nid, const char *want)
{
	int i = X509_NAME_get_index_by_NID(name, nid, -1);
	const ASN1_STRING *got;

	if (i < 0)
		return false;
	got = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));
	return str_is(
		str_make((const char *)ASN1_STRING_get0_data(got), (size_t)ASN1_STRING_length(got)),
		want);
}

static bool check_name(
	X509_NAME *name, const char *cn, const char *place, const char *whose, struct err *e)
{
	if (!part_is(name, NID_commonName, cn))
		return err_set(
			e, ERR_SIGNATURE, "%s: the %s's common name is not '%s'", place, whose, cn);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!part_is(name, parts[i].nid, parts[i].value))
			return err_set(e, ERR_SIGNATURE, "%s: %s of the %s is not '%s'", place,
				parts[i].name, whose, parts[i].value);
	return X509_NAME_entry_count(name) == NAME_PARTS ||
	       err_set(e, ERR_SIGNATURE, "%s: the name of the %s has %d parts, want %d", place,
		       whose, X509_NAME_entry_count(name), NAME_PARTS);
}

static bool check_key(const struct role *r, struct err *e)
{
	EVP_PKEY *key = X509_get0_pubkey(r->c->x509);
	char group[CN_MAX] = "";
	size_t n = 0;
	bool ok;

	if (r->authority)
		ok = key && EVP_PKEY_get_id(key) == EVP_PKEY_RSA &&
		     EVP_PKEY_get_bits(key) == RSA_BITS;
	else
		ok = key && EVP_PKEY_get_id(key) == EVP_PKEY_EC &&
		     EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
		     !strcmp(group, "secp384r1");
	crypto_context_forget_errors();
	return ok || err_set(e, ERR_SIGNATURE, "%s: its key is not %s", r->place,
			     r->authority ? "RSA of 4096 bits" : "one of P-384");
}

/* The root's key usage may be absent: its bytes are pinned. */
static bool check_authority(const struct role *r, struct err *e)
{
	X509 *x = r->c->x509;
	uint32_t flags = X509_get_extension_flags(x);

	if (flags & EXFLAG_INVALID)
		return err_set(e, ERR_SIGNATURE, "%s: an extension cannot be read", r->place);
	if (!r->authority)
		return !(flags & EXFLAG_CA) ||
		       err_set(e, ERR_SIGNATURE, "%s is one of an authority", r->place);
	if (!(flags & EXFLAG_BCONS) || !(flags & EXFLAG_CA))
		return err_set(e, ERR_SIGNATURE, "%s is not one of an authority", r->place);
	return X509_get_key_usage(x) & KU_KEY_CERT_SIGN ||
	       err_set(e, ERR_SIGNATURE, "%s: its key usage does not allow to sign certificates",
		       r->place);
}

static bool check_critical(const struct role *r, struct err *e)
{
	X509 *x = r->c->x509;
	char oid[80] = "";

	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *ext = X509_get_ext(x, i);

		if (!X509_EXTENSION_get_critical(ext) || X509_supported_extension(ext))
			continue;
		OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(ext), 1);
		return err_set(e, ERR_SIGNATURE,
			"%s: the critical extension %s is none that this verifier knows", r->place,
			oid);
	}
	return true;
}

static bool check_role(const struct role *r, struct err *e)
{
	X509 *x = r->c->x509;

	if (X509_get_version(x) != X509_VERSION_3)
		return err_set(e, ERR_SIGNATURE, "%s: X.509 version %ld, want 3", r->place,
			X509_get_version(x) + 1);
	return check_name(X509_get_subject_name(x), r->subject, r->place, "subject", e) &&
	       check_name(X509_get_issuer_name(x), r->issuer, r->place, "issuer", e) &&
	       check_key(r, e) && check_authority(r, e) && check_critical(r, e);
}

/* Which name the leaf has decides which intermediate must have signed it: no VCEK by an ASVK, no VLEK by an ASK. */
bool snp_chain_check_roles(const struct snp_chain *chain, enum snp_product product, struct err *e)
{
	const char *line = snp_product_name(product);
	bool leased = part_is(X509_get_subject_name(chain->leaf->x509), NID_commonName,
		snp_leaf_kind_name(SNP_LEAF_VLEK));
	const char *leaf = snp_leaf_kind_name(leased ? SNP_LEAF_VLEK : SNP_LEAF_VCEK);
	char ark[CN_MAX], ask[CN_MAX];

	snprintf(ark, sizeof ark, "ARK-%s", line);
	snprintf(ask, sizeof ask, leased ? "SEV-VLEK-%s" : "SEV-%s", line);
	if (product == SNP_PRODUCT_UNKNOWN)
		return err_set(e, ERR_USAGE, "certificates of an unknown product line");
	return check_role(&(struct role){ "ARK certificate", chain->ark, ark, ark, true }, e) &&
	       check_role(&(struct role){ "ASK certificate", chain->ask, ask, ark, true }, e) &&
	       check_role(&(struct role){ "leaf certificate", chain->leaf, leaf, ask, false }, e);
}
