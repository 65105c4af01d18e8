#include "trust/snp_crl.h"

#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "trust/certificate_inside.h"
#include "trust/snp_pss.h"
#include "trust/x509_read.h"
#include "base/banned.h"

struct snp_crl {
	X509_CRL *list;
};

static X509_CRL *of_der(struct span der)
{
	struct span rest = { 0 };
	X509_CRL *list = x509_read_crl(der, &rest);

	if (list && !rest.n)
		return list;
	X509_CRL_free(list);
	return NULL;
}

bool snp_crl_of_file(struct snp_crl **ret, struct span bytes, struct err *e)
{
	struct snp_crl *crl;
	X509_CRL *list;

	if (bytes.n > SNP_CRL_SIZE_MAX)
		return err_set(
			e, ERR_LIMIT, "CRL is %zu bytes, limit %d", bytes.n, SNP_CRL_SIZE_MAX);
	if (!bytes.n)
		return err_set(e, ERR_FORMAT, "CRL is empty");
	list = bytes.p[0] == 0x30 ? of_der(bytes) : x509_read_crl_pem(bytes);
	crypto_context_forget_errors();
	if (!list)
		return err_set(e, ERR_FORMAT, "%zu bytes are no CRL in PEM or DER", bytes.n);
	crl = MEM_NEW(struct snp_crl);
	if (!crl) {
		X509_CRL_free(list);
		return err_set(e, ERR_LIMIT, "CRL: no memory");
	}
	crl->list = list;
	*ret = crl;
	return true;
}

void snp_crl_free(struct snp_crl *c)
{
	if (!c)
		return;
	X509_CRL_free(c->list);
	free(c);
}

void snp_crl_freep(struct snp_crl **c)
{
	snp_crl_free(*c);
}

/* A critical extension changes what the list or an entry means: deltas, other issuers, only some reasons. */
static bool check_critical(const struct snp_crl *crl, struct err *e)
{
	STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(crl->list);
	int critical = X509_CRL_get_ext_by_critical(crl->list, 1, -1);

	for (int i = 0; critical < 0 && i < sk_X509_REVOKED_num(revoked); i++)
		critical = X509_REVOKED_get_ext_by_critical(
			sk_X509_REVOKED_value(revoked, i), 1, -1);
	return critical < 0 ||
	       err_set(e, ERR_SIGNATURE,
		       "CRL has a critical extension, and none is known to this verifier");
}

bool snp_crl_check_issuer(const struct snp_crl *crl, const struct snp_chain *chain, struct err *e)
{
	EVP_PKEY *key = X509_get0_pubkey(chain->ark->x509);
	const X509_ALGOR *alg = NULL;
	bool ok;

	if (X509_NAME_cmp(X509_CRL_get_issuer(crl->list), X509_get_subject_name(chain->ark->x509)))
		return err_set(e, ERR_SIGNATURE, "CRL is of another issuer than the ARK");
	X509_CRL_get0_signature(crl->list, NULL, &alg);
	if (!snp_pss_check(alg, "CRL", e))
		return false;
	ok = key && (X509_CRL_verify(crl->list, key) == 1 ||
			    crypto_context_second(X509_CRL_verify(crl->list, key) == 1));
	crypto_context_forget_errors();
	if (!ok)
		return err_set(e, ERR_SIGNATURE, "CRL is not signed by the ARK");
	return check_critical(crl, e);
}

bool snp_crl_validity(struct certificate_validity *ret, const struct snp_crl *crl, struct err *e)
{
	return certificate_validity_of(ret, X509_CRL_get0_lastUpdate(crl->list),
		X509_CRL_get0_nextUpdate(crl->list), "CRL", e);
}

bool snp_crl_check_time(const struct snp_crl *crl, int64_t at_unix, int64_t leeway_s, struct err *e)
{
	struct certificate_validity v;

	return snp_crl_validity(&v, crl, e) &&
	       certificate_validity_check(&v, at_unix, leeway_s, "CRL", e);
}

bool snp_crl_check_age(const struct snp_crl *crl, int64_t max_age_s, int64_t at_unix,
	int64_t leeway_s, struct err *e)
{
	struct certificate_validity v;

	return snp_crl_validity(&v, crl, e) &&
	       certificate_validity_check_age(&v, max_age_s, at_unix, leeway_s, "CRL", e);
}

static bool is_revoked(const struct snp_crl *crl, const struct certificate *c)
{
	STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(crl->list);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(c->x509);

	for (int i = 0; i < sk_X509_REVOKED_num(revoked); i++)
		if (!ASN1_INTEGER_cmp(
			    X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i)),
			    serial))
			return true;
	return false;
}

bool snp_crl_check_revoked(const struct snp_crl *crl, const struct snp_chain *chain, struct err *e)
{
	if (is_revoked(crl, chain->ask))
		return err_set(e, ERR_SIGNATURE,
			"the ARK has revoked the ASK (or ASVK) that signed the leaf certificate");
	return !is_revoked(crl, chain->ark) ||
	       err_set(e, ERR_SIGNATURE, "the ARK has revoked itself");
}
