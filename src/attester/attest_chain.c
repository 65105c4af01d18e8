#include "attester/attest_chain.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/banned.h"

enum {
	NV_EK_RSA2048 = 0x01c00002,
	NV_EK_P256 = 0x01c0000a,
	NV_EK_CHAIN_FIRST = 0x01c00100,
	NV_EK_CHAIN_LAST = 0x01c001ff,
	CHAIN_SIZE_MAX = 64 << 10,
	RSA_EXPONENT = 65537,
};

static uint32_t nv_of(enum attest_ek kind)
{
	return kind == ATTEST_EK_ECC ? NV_EK_P256 : NV_EK_RSA2048;
}

static bool nv_has(bool *ret, struct attest_tpm *t, uint32_t index, struct err *e)
{
	uint32_t found;
	size_t n = 0;

	if (!attest_tpm_nv_list(t, index, index, &found, 1, &n, e))
		return false;
	*ret = n > 0;
	return true;
}

bool attest_chain_kind(enum attest_ek *ret, struct attest_tpm *t, struct err *e)
{
	bool rsa, ecc;

	if (!nv_has(&rsa, t, NV_EK_RSA2048, e) || !nv_has(&ecc, t, NV_EK_P256, e))
		return err_wrap(e, "cannot look for the endorsement key's certificate");
	*ret = ecc && !rsa ? ATTEST_EK_ECC : ATTEST_EK_RSA;
	return true;
}

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

static bool is_number(EVP_PKEY *key, const char *name, struct span want)
{
	BIGNUM *got = NULL, *number = BN_bin2bn(want.p, (int)want.n, NULL);
	bool same = number && EVP_PKEY_get_bn_param(key, name, &got) && BN_cmp(got, number) == 0;

	BN_free(got);
	BN_free(number);
	return same;
}

static bool is_rsa(EVP_PKEY *key, const struct attest_keys *k)
{
	BIGNUM *exponent = NULL;
	bool same = is_number(key, OSSL_PKEY_PARAM_RSA_N, buf_span(&k->ek_numbers[0])) &&
		    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) &&
		    BN_is_word(exponent, RSA_EXPONENT);

	BN_free(exponent);
	return same;
}

static bool is_ecc(EVP_PKEY *key, const struct attest_keys *k)
{
	char curve[32];

	return EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) == 1 &&
	       !strcmp(curve, "prime256v1") &&
	       is_number(key, OSSL_PKEY_PARAM_EC_PUB_X, buf_span(&k->ek_numbers[0])) &&
	       is_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, buf_span(&k->ek_numbers[1]));
}

/* True when the certificate's key is the endorsement key: its modulus with the template's exponent, or its point. */
static bool has_key(struct span der, const struct attest_keys *k)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
	bool same = key && (k->ek_kind == ATTEST_EK_ECC ? is_ecc(key, k) : is_rsa(key, k));

	X509_free(x);
	return same;
}

/* Leaf first, then all of the chain's indexes into one run of bytes; where the leaf ends in *leaf_size. */
static bool read_all(
	struct buf *out, size_t *leaf_size, struct attest_tpm *t, uint32_t leaf, struct err *e)
{
	uint32_t indexes[BUNDLE_CERTIFICATES_MAX + 1];
	bool has = false;
	size_t n = 0;

	if (!nv_has(&has, t, leaf, e))
		return false;
	if (!has)
		return true;
	if (!attest_tpm_nv_read(t, leaf, out, e))
		return false;
	*leaf_size = out->n;
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
	uint32_t leaf = nv_of(k->ek_kind);
	size_t leaf_size = 0;

	if (!read_all(&b, &leaf_size, t, leaf, e) ||
		!attest_chain_split(&chain, span_make(b.p, leaf_size), e))
		return err_wrap(e, "cannot read the endorsement key's certificate");
	if (chain.n > 1)
		return err_set(e, ERR_FORMAT, "NV index 0x%08x holds %zu certificates, want one",
			leaf, chain.n);
	if (chain.n == 1 && !has_key(chain.certificates[0], k))
		return err_set(e, ERR_MISMATCH,
			"the certificate in NV index 0x%08x is not of the endorsement key that the "
			"TCG's default template gives",
			leaf);
	if (leaf_size > 0 &&
		!attest_chain_split(&chain, span_make(b.p + leaf_size, b.n - leaf_size), e))
		return err_wrap(e, "cannot read the certificates from NV index 0x%08x on",
			NV_EK_CHAIN_FIRST);
	*ret = chain;
	*bytes = b;
	b = (struct buf){ 0 };
	return true;
}
