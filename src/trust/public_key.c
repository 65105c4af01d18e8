#include "trust/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

enum { SPKI_MAX = 8192, EXPONENT_BITS = 16 };

struct public_key {
	EVP_PKEY *pkey;
};

static bool curve_ok(EVP_PKEY *pkey)
{
	static const char *const names[] = { "prime256v1", "secp384r1", "secp521r1" };
	char name[80];
	size_t n = 0;

	if (EVP_PKEY_get_group_name(pkey, name, sizeof name, &n) != 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Odd and above 2^16 (NIST FIPS 186-5, A.1.1): with 1 everybody can sign, small ones forgive what is not checked. */
static bool exponent_ok(EVP_PKEY *pkey)
{
	BIGNUM *exp = NULL;
	bool ok = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exp) == 1;

	if (!ok)
		mem_note_missing(); /* every key of RSA has one */
	ok = ok && BN_is_odd(exp) && BN_num_bits(exp) > EXPONENT_BITS;
	BN_free(exp);
	return ok;
}

bool public_key_of_pkey(struct public_key **ret, EVP_PKEY *pkey, struct err *e)
{
	int bits = EVP_PKEY_get_bits(pkey);
	struct public_key *k;

	if (EVP_PKEY_get_id(pkey) == EVP_PKEY_RSA) {
		if (bits < PUBLIC_KEY_RSA_BITS_MIN || bits > TPM_PUBLIC_RSA_BITS_MAX)
			return err_set(e, ERR_SIGNATURE, "RSA key of %d bits, want %d to %d", bits,
				PUBLIC_KEY_RSA_BITS_MIN, TPM_PUBLIC_RSA_BITS_MAX);
		if (!exponent_ok(pkey))
			return err_set(
				e, ERR_SIGNATURE, "RSA key whose exponent is even, or below 65537");
	} else if (EVP_PKEY_get_id(pkey) != EVP_PKEY_EC || !curve_ok(pkey)) {
		return err_set(
			e, ERR_SIGNATURE, "key of another kind, want RSA, P-256, P-384 or P-521");
	}
	k = MEM_NEW(struct public_key);
	if (!k)
		return err_set(e, ERR_LIMIT, "public key: no memory");
	EVP_PKEY_up_ref(pkey);
	k->pkey = pkey;
	*ret = k;
	return true;
}

/* The key of these parameters; the caller owns it. NULL when libcrypto finds that they are none. */
static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *bld)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(crypto_context(), type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY *pkey = NULL;

	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		crypto_context_forget_failure();
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static EVP_PKEY *rsa_of(const struct tpm_public *p)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(p->modulus.p, (int)p->modulus.n, NULL), *exp = BN_new();
	EVP_PKEY *pkey = NULL;

	if (bld && n && exp && BN_set_word(exp, p->exponent ? p->exponent : 65537) == 1 &&
		OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
		OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, exp) == 1)
		pkey = from_params("RSA", bld);
	else
		crypto_context_forget_failure();
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	BN_free(exp);
	return pkey;
}

static const char *curve_name(uint16_t curve, size_t *size)
{
	switch (curve) {
	case TPM_CURVE_P256:
		*size = 32;
		return "prime256v1";
	case TPM_CURVE_P384:
		*size = 48;
		return "secp384r1";
	case TPM_CURVE_P521:
		*size = 66;
		return "secp521r1";
	default:
		return NULL;
	}
}

/* libcrypto checks that the point lies on the curve. */
static EVP_PKEY *ecc_of(const struct tpm_public *p)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	uint8_t point[1 + 2 * 66] = { 4 };
	size_t size = 0;
	const char *name = curve_name(p->curve, &size);
	EVP_PKEY *pkey = NULL;

	if (name && p->x.n <= size && p->y.n <= size) {
		memcpy(point + 1 + size - p->x.n, p->x.p, p->x.n);
		memcpy(point + 1 + 2 * size - p->y.n, p->y.p, p->y.n);
		if (bld &&
			OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, name, 0) ==
				1 &&
			OSSL_PARAM_BLD_push_octet_string(
				bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * size) == 1)
			pkey = from_params("EC", bld);
		else
			crypto_context_forget_failure();
	}
	OSSL_PARAM_BLD_free(bld);
	return pkey;
}

bool public_key_of_tpm(struct public_key **ret, const struct tpm_public *p, struct err *e)
{
	EVP_PKEY *pkey = p->type == TPM_ALG_RSA ? rsa_of(p) : ecc_of(p);
	bool ok;

	crypto_context_forget_errors();
	if (!pkey) {
		pkey = p->type == TPM_ALG_RSA ? rsa_of(p) : ecc_of(p);
		(void)crypto_context_second(pkey != NULL);
	}
	if (!pkey)
		return err_set(
			e, ERR_FORMAT, "TPM key: its numbers are no %s key", tpm_alg_name(p->type));
	ok = public_key_of_pkey(ret, pkey, e);
	EVP_PKEY_free(pkey);
	return ok;
}

/* NULL for what is none, or has bytes behind it. */
static EVP_PKEY *of_spki(struct span der)
{
	const unsigned char *at = der.p;
	EVP_PKEY *pkey = der.n > SPKI_MAX
				 ? NULL
				 : d2i_PUBKEY_ex(NULL, &at, (long)der.n, crypto_context(), NULL);

	if (pkey && at == der.p + der.n)
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}

bool public_key_of_spki(struct public_key **ret, struct span der, struct err *e)
{
	EVP_PKEY *pkey = of_spki(der);
	bool ok;

	crypto_context_forget_errors();
	if (!pkey) {
		pkey = of_spki(der);
		(void)crypto_context_second(pkey != NULL);
	}
	if (!pkey) {
		return err_set(
			e, ERR_FORMAT, "public key of %zu bytes is no SubjectPublicKeyInfo", der.n);
	}
	ok = public_key_of_pkey(ret, pkey, e);
	EVP_PKEY_free(pkey);
	return ok;
}

void public_key_free(struct public_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

void public_key_freep(struct public_key **k)
{
	public_key_free(*k);
}

bool public_key_equal(const struct public_key *a, const struct public_key *b)
{
	bool same = EVP_PKEY_eq(a->pkey, b->pkey) == 1;

	crypto_context_forget_errors();
	return same;
}

EVP_PKEY *public_key_pkey(const struct public_key *k)
{
	return k->pkey;
}
