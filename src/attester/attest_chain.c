#include "attester/attest_chain.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/banned.h"

enum {
	NV_EK_RSA2048 = 0x01c00002,
	NV_EK_CHAIN_FIRST = 0x01c00100,
	NV_EK_CHAIN_LAST = 0x01c001ff,
	CHAIN_SIZE_MAX = 64 << 10,
	RSA_EXPONENT = 65537,
};

static bool is_padding(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != s.p[0] || (s.p[i] != 0x00 && s.p[i] != 0xff))
			return false;
	return true;
}

bool attest_chain_split(struct bundle_chain *ret, struct span bytes, struct err *e)
{
	struct bundle_chain chain = *ret;
	const unsigned char *p = bytes.p, *end = bytes.p + bytes.n;

	while (p < end && !is_padding(span_make(p, (size_t)(end - p)))) {
		const unsigned char *start = p;
		X509 *x = d2i_X509(NULL, &p, (long)(end - p));

		X509_free(x);
		if (!x || p <= start)
			return err_set(e, ERR_FORMAT, "no certificate at byte %zu of %zu",
				(size_t)(start - bytes.p), bytes.n);
		if (chain.n == BUNDLE_CERTIFICATES_MAX)
			return err_set(
				e, ERR_LIMIT, "more than %d certificates", BUNDLE_CERTIFICATES_MAX);
		chain.certificates[chain.n++] = span_make(start, (size_t)(p - start));
	}
	*ret = chain;
	return true;
}

/* True when the certificate's key is an RSA key with this modulus and the template's exponent. */
static bool has_key(struct span der, struct span modulus)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
	BIGNUM *n = NULL, *exponent = NULL, *want = BN_bin2bn(modulus.p, (int)modulus.n, NULL);
	bool same = key && want && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) &&
		    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) &&
		    BN_cmp(n, want) == 0 && BN_is_word(exponent, RSA_EXPONENT);

	BN_free(n);
	BN_free(exponent);
	BN_free(want);
	X509_free(x);
	return same;
}

/* Leaf first, then all of the chain's indexes into one run of bytes; where the leaf ends in *leaf_size. */
static bool read_all(struct buf *out, size_t *leaf_size, struct attest_tpm *t, struct err *e)
{
	uint32_t indexes[BUNDLE_CERTIFICATES_MAX + 1];
	size_t n = 0;

	if (!attest_tpm_nv_list(t, NV_EK_RSA2048, NV_EK_RSA2048, indexes, 1, &n, e))
		return false;
	if (n == 0)
		return true;
	if (!attest_tpm_nv_read(t, indexes[0], out, e))
		return false;
	*leaf_size = out->n;
	n = 0;
	if (!attest_tpm_nv_list(
		    t, NV_EK_CHAIN_FIRST, NV_EK_CHAIN_LAST, indexes, ARRAY_LEN(indexes), &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!attest_tpm_nv_read(t, indexes[i], out, e))
			return false;
	return true;
}

bool attest_chain_read(struct bundle_chain *ret, struct buf *bytes, struct attest_tpm *t,
	const struct attest_keys *k, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(CHAIN_SIZE_MAX);
	struct bundle_chain chain = { .n = 0 };
	size_t leaf_size = 0;

	if (!read_all(&b, &leaf_size, t, e) ||
		!attest_chain_split(&chain, span_make(b.p, leaf_size), e))
		return err_wrap(e, "cannot read the endorsement key's certificate");
	if (chain.n > 1)
		return err_set(e, ERR_FORMAT, "NV index 0x%08x holds %zu certificates, want one",
			NV_EK_RSA2048, chain.n);
	if (chain.n == 1 && !has_key(chain.certificates[0], buf_span(&k->ek_modulus)))
		return err_set(e, ERR_MISMATCH,
			"the certificate in NV index 0x%08x is not of the endorsement key that the "
			"TCG's default template gives",
			NV_EK_RSA2048);
	if (leaf_size > 0 &&
		!attest_chain_split(&chain, span_make(b.p + leaf_size, b.n - leaf_size), e))
		return err_wrap(e, "cannot read the certificates from NV index 0x%08x on",
			NV_EK_CHAIN_FIRST);
	*ret = chain;
	*bytes = b;
	b = (struct buf){ 0 };
	return true;
}
