#include "trust/intel_crl.h"

#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "base/utc.h"
#include "trust/certificate_inside.h"
#include "trust/certificate_validity.h"
#include "trust/intel_seconds.h"
#include "trust/x509_read.h"
#include "base/banned.h"

struct intel_crl {
	X509_CRL *crl;
	int64_t from, to;
};

static bool wrap(struct intel_crl **ret, X509_CRL *crl, struct err *e)
{
	int64_t from = 0, to = 0;
	struct intel_crl *c;

	if (!X509_CRL_get0_nextUpdate(crl) ||
		!intel_seconds(X509_CRL_get0_lastUpdate(crl), &from) ||
		!intel_seconds(X509_CRL_get0_nextUpdate(crl), &to)) {
		X509_CRL_free(crl);
		return err_set(e, ERR_FORMAT, "CRL: without the dates of this and the next update");
	}
	c = MEM_NEW(struct intel_crl);
	if (!c) {
		X509_CRL_free(crl);
		return err_set(e, ERR_LIMIT, "CRL: no memory");
	}
	*c = (struct intel_crl){ crl, from, to };
	*ret = c;
	return true;
}

bool intel_crl_of_der(struct intel_crl **ret, struct span der, struct err *e)
{
	struct span rest = { 0 };
	X509_CRL *crl;

	if (!der.n)
		return err_set(e, ERR_NOTFOUND, "CRL: it is missing");
	if (der.n > INTEL_CRL_SIZE_MAX)
		return err_set(
			e, ERR_LIMIT, "CRL of %zu bytes, limit %d", der.n, INTEL_CRL_SIZE_MAX);
	crl = x509_read_crl(der, &rest);
	crypto_context_forget_errors();
	if (!crl || rest.n) {
		X509_CRL_free(crl);
		return err_set(e, ERR_FORMAT, "CRL: %zu bytes are none in DER", der.n);
	}
	return wrap(ret, crl, e);
}

void intel_crl_free(struct intel_crl *c)
{
	if (!c)
		return;
	X509_CRL_free(c->crl);
	free(c);
}

void intel_crl_freep(struct intel_crl **c)
{
	intel_crl_free(*c);
}

static bool has_critical(X509_CRL *crl)
{
	STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(crl);

	for (int i = 0; i < X509_CRL_get_ext_count(crl); i++)
		if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i)))
			return true;
	for (int i = 0; i < sk_X509_REVOKED_num(list); i++) {
		const X509_REVOKED *r = sk_X509_REVOKED_value(list, i);

		for (int k = 0; k < X509_REVOKED_get_ext_count(r); k++)
			if (X509_EXTENSION_get_critical(X509_REVOKED_get_ext(r, k)))
				return true;
	}
	return false;
}

/* The list names the key that signed it, and this is that key. */
static bool names_key(X509_CRL *crl, X509 *issuer)
{
	AUTHORITY_KEYID *id = X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, NULL, NULL);
	const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(issuer);
	bool same = id && id->keyid && key && !ASN1_OCTET_STRING_cmp(id->keyid, key);

	AUTHORITY_KEYID_free(id);
	return same;
}

static const char *what_is_wrong(X509_CRL *crl, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);

	if (X509_CRL_get_version(crl) != X509_CRL_VERSION_2)
		return "it is not of version 2";
	if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) != 0)
		return "another authority issued it";
	if (X509_CRL_get_signature_nid(crl) != NID_ecdsa_with_SHA256)
		return "its signature algorithm is not ECDSA with SHA-256";
	if (has_critical(crl))
		return "a critical extension that is not known here";
	if (!names_key(crl, issuer) && !crypto_context_second(names_key(crl, issuer)))
		return "its authority key identifier is missing or another one";
	if (!key || (X509_CRL_verify(crl, key) != 1 &&
			    !crypto_context_second(X509_CRL_verify(crl, key) == 1)))
		return "its signature does not hold";
	return NULL;
}

bool intel_crl_signed(const struct intel_crl *c, const struct certificate *issuer, struct err *e)
{
	const char *wrong = what_is_wrong(c->crl, issuer->x509);

	crypto_context_forget_errors();
	return !wrong || err_set(e, ERR_SIGNATURE, "CRL: %s", wrong);
}

bool intel_crl_current(const struct intel_crl *c, const struct intel_time *t, struct err *e)
{
	char text[UTC_SIZE];

	utc_write(text, t->at_unix < c->from ? c->from : c->to);
	if (t->at_unix + t->leeway < c->from)
		return err_set(
			e, ERR_SIGNATURE, "CRL: it is of %s: it or the clock is wrong", text);
	if (t->at_unix - t->leeway > c->to + t->grace)
		return err_set(e, ERR_SIGNATURE,
			"CRL: the next one was due at %s: it or the clock is wrong", text);
	return true;
}

bool intel_crl_recent(
	const struct intel_crl *c, int64_t max_age_s, const struct intel_time *t, struct err *e)
{
	const struct certificate_validity v = { c->from, c->to };

	return certificate_validity_check_age(&v, max_age_s, t->at_unix, t->leeway, "CRL", e);
}

bool intel_crl_spares(const struct intel_crl *c, const struct certificate *cert, struct err *e)
{
	X509_REVOKED *entry = NULL;
	X509 *x = cert->x509;

	if (X509_NAME_cmp(X509_CRL_get_issuer(c->crl), X509_get_issuer_name(x)) != 0)
		return err_set(e, ERR_SIGNATURE, "CRL: another authority issued the certificate");
	if (X509_CRL_get0_by_serial(c->crl, &entry, X509_get0_serialNumber(x)) != 0)
		return err_set(e, ERR_SIGNATURE, "the certificate is revoked by its authority");
	return true;
}

int64_t intel_crl_this_update(const struct intel_crl *c)
{
	return c->from;
}

int64_t intel_crl_next_update(const struct intel_crl *c)
{
	return c->to;
}

static bool check(const struct intel_crl *c, const struct certificate *issuer,
	const struct certificate *cert, const struct intel_time *t, const char *what, struct err *e)
{
	if (!c)
		return err_set(e, ERR_NOTFOUND, "the CRL of the %s is missing", what);
	return (intel_crl_signed(c, issuer, e) && intel_crl_current(c, t, e) &&
		       intel_crl_spares(c, cert, e)) ||
	       err_wrap(e, "%s", what);
}

bool intel_crl_check_root(const struct intel_crl *root_crl, const struct intel_chain *chain,
	const struct intel_time *t, struct err *e)
{
	const struct certificate *issued = chain->certs[chain->n - 2];

	return check(root_crl, intel_chain_root(chain), issued, t, "Intel root", e);
}

bool intel_crl_check_pck(const struct intel_crl *pck_crl, const struct intel_chain *chain,
	const struct intel_time *t, struct err *e)
{
	return check(pck_crl, intel_chain_issuer(chain), intel_chain_leaf(chain), t, "PCK CA", e);
}
