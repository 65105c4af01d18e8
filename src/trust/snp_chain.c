#include "trust/snp_chain.h"

#include <openssl/x509.h>

#include "base/crypto_context.h"
#include "base/hex.h"
#include "trust/certificate_inside.h"
#include "trust/snp_pss.h"
#include "base/banned.h"

enum { NAME_TEXT = 160 };

const struct snp_root snp_chain_roots[SNP_CHAIN_ROOTS] = {
	{ SNP_MILAN, { 0x69, 0xd0, 0x63, 0xb4, 0x53, 0x44, 0xd2, 0x6a, 0x2e, 0x94, 0xe1, 0xf4, 0x21,
			     0x0d, 0xe4, 0x9e, 0xf5, 0x55, 0x30, 0x82, 0x87, 0xd4, 0xc1, 0x74, 0x44,
			     0x5c, 0x95, 0x63, 0x9a, 0x54, 0x0b, 0xcd } },
	{ SNP_GENOA, { 0x4c, 0x65, 0x98, 0xd1, 0x9c, 0x18, 0x71, 0x9c, 0x5d, 0xfd, 0x4a, 0x7d, 0x33,
			     0x5f, 0x67, 0x4e, 0x5b, 0xfe, 0x1d, 0x8f, 0x80, 0x0c, 0xea, 0x2c, 0xf2,
			     0x70, 0xc1, 0x0d, 0x10, 0x3d, 0xb2, 0xf1 } },
	{ SNP_TURIN, { 0x1f, 0x08, 0x41, 0x61, 0xa4, 0x4b, 0xb6, 0xd9, 0x37, 0x78, 0xa9, 0x04, 0x87,
			     0x7d, 0x48, 0x19, 0xca, 0xfa, 0x5d, 0x05, 0xef, 0x41, 0x93, 0xb2, 0xde,
			     0xd9, 0xdd, 0x9c, 0x73, 0xdd, 0x3f, 0x6a } },
};

static void name_text(char out[static NAME_TEXT], X509_NAME *name)
{
	out[0] = '\0';
	if (X509_NAME_get_text_by_NID(name, NID_commonName, out, NAME_TEXT) < 0)
		memcpy(out, "without a name", sizeof "without a name");
	for (char *c = out; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	crypto_context_forget_errors();
}

static bool issued_by(const struct certificate *c, const struct certificate *by)
{
	return !X509_NAME_cmp(X509_get_subject_name(by->x509), X509_get_issuer_name(c->x509));
}

static const struct certificate *issuer_of(const struct certificate *c,
	const struct certificate *const *others, size_t n_others, const char *place, struct err *e)
{
	char name[NAME_TEXT];

	for (size_t i = 0; i < n_others && i < SNP_CHAIN_OTHERS_MAX; i++)
		if (issued_by(c, others[i]))
			return others[i];
	name_text(name, X509_get_issuer_name(c->x509));
	(void)err_set(
		e, ERR_NOTFOUND, "the %s certificate '%s' is not with the evidence", place, name);
	return NULL;
}

bool snp_chain_pick(struct snp_chain *ret, const struct certificate *leaf,
	const struct certificate *const *others, size_t n_others, struct err *e)
{
	const struct certificate *ask = issuer_of(leaf, others, n_others, "ASK", e);
	const struct certificate *ark = ask ? issuer_of(ask, others, n_others, "ARK", e) : NULL;

	if (!ark)
		return false;
	*ret = (struct snp_chain){ leaf, ask, ark };
	return true;
}

bool snp_chain_root(enum snp_product *ret, const struct snp_chain *chain,
	const struct snp_root *roots, size_t n_roots, struct err *e)
{
	uint8_t digest[32];
	char hex[2 * sizeof digest + 1], name[NAME_TEXT];

	certificate_sha256(digest, chain->ark);
	for (size_t i = 0; i < n_roots; i++)
		if (ct_equal(roots[i].sha256, digest, sizeof digest)) {
			*ret = roots[i].product;
			return true;
		}
	hex_write(hex, digest, sizeof digest);
	name_text(name, X509_get_subject_name(chain->ark->x509));
	return err_set(e, ERR_SIGNATURE,
		"root certificate '%s' has SHA-256 %s, which is none of the roots that this verifier trusts",
		name, hex);
}

/* libcrypto compares the algorithms inside and outside of what is signed. */
bool snp_chain_signed_by(
	const struct certificate *c, const struct certificate *by, const char *place, struct err *e)
{
	const X509_ALGOR *alg = NULL;
	EVP_PKEY *key = X509_get0_pubkey(by->x509);
	char name[NAME_TEXT], by_name[NAME_TEXT];
	bool ok;

	X509_get0_signature(NULL, &alg, c->x509);
	name_text(name, X509_get_subject_name(c->x509));
	name_text(by_name, X509_get_subject_name(by->x509));
	if (!snp_pss_check(alg, place, e))
		return false;
	ok = key && (X509_verify(c->x509, key) == 1 ||
			    crypto_context_second(X509_verify(c->x509, key) == 1));
	crypto_context_forget_errors();
	return ok ||
	       err_set(e, ERR_SIGNATURE, "%s '%s' is not signed by '%s'", place, name, by_name);
}

bool snp_chain_check_signatures(const struct snp_chain *chain, struct err *e)
{
	return snp_chain_signed_by(chain->ask, chain->ark, "ASK certificate", e) &&
	       snp_chain_signed_by(chain->leaf, chain->ask, "leaf certificate", e);
}

bool snp_chain_check_time(
	const struct snp_chain *chain, int64_t at_unix, int64_t leeway_s, struct err *e)
{
	const struct certificate *const all[] = { chain->leaf, chain->ask, chain->ark };
	static const char *const places[] = { "leaf certificate", "ASK certificate",
		"ARK certificate" };
	struct certificate_validity v;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!certificate_validity_read(&v, all[i], e) ||
			!certificate_validity_check(&v, at_unix, leeway_s, places[i], e))
			return false;
	return true;
}

bool snp_chain_validity(
	struct certificate_validity *ret, const struct snp_chain *chain, struct err *e)
{
	const struct certificate *const others[] = { chain->ask, chain->ark };
	struct certificate_validity all, v;

	if (!certificate_validity_read(&all, chain->leaf, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (!certificate_validity_read(&v, others[i], e))
			return false;
		all.from_unix = v.from_unix > all.from_unix ? v.from_unix : all.from_unix;
		all.to_unix = v.to_unix < all.to_unix ? v.to_unix : all.to_unix;
	}
	*ret = all;
	return true;
}

/* How far a chain comes. Only what ends in a trusted root, of which there are few, costs a verification. */
enum { TRUSTED = 4, SIGNED = 2, VALID = 1 };

static int weight_of(const struct snp_chain *chain, const struct snp_chain_trust *t)
{
	enum snp_product product;
	struct err e = { 0 };
	int weight = TRUSTED;

	if (!snp_chain_root(&product, chain, t->roots, t->n_roots, &e))
		return 0;
	if (snp_chain_check_signatures(chain, &e))
		weight |= SIGNED;
	if (snp_chain_check_time(chain, t->at_unix, t->leeway_s, &e))
		weight |= VALID;
	return weight;
}

bool snp_chain_holds(const struct snp_chain *chain, const struct snp_chain_trust *trust)
{
	return weight_of(chain, trust) == (TRUSTED | SIGNED | VALID);
}

static bool names_fit(const struct snp_chain *c)
{
	return issued_by(c->leaf, c->ask) && issued_by(c->ask, c->ark);
}

bool snp_chain_find(struct snp_chain *ret, const struct certificate *leaf,
	const struct certificate *const *others, size_t n_others,
	const struct snp_chain_trust *trust, struct err *e)
{
	size_t n = n_others < SNP_CHAIN_OTHERS_MAX ? n_others : SNP_CHAIN_OTHERS_MAX, found = 0;
	struct snp_chain best = { 0 };
	int best_weight = 0;

	for (size_t i = 0; i < n * n; i++) {
		const struct snp_chain c = { leaf, others[i / n], others[i % n] };
		int weight;

		if (!names_fit(&c))
			continue;
		if (found++ == 0) {
			best = c;
			continue;
		}
		if (found == 2)
			best_weight = weight_of(&best, trust);
		weight = weight_of(&c, trust);
		if (weight <= best_weight)
			continue;
		best = c;
		best_weight = weight;
	}
	if (!found)
		return snp_chain_pick(ret, leaf, others, n_others, e); /* says which is missing */
	*ret = best;
	return true;
}
