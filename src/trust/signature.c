#include "trust/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

enum { ECDSA_NUMBER_MAX = 1024 };

/* The name that libcrypto has for a hash that may be signed, or NULL: SHA-1 and less are none. */
static const char *md_of(enum digest_alg alg)
{
	return alg == DIGEST_SHA256 || alg == DIGEST_SHA384 || alg == DIGEST_SHA512
		       ? digest_name(alg)
		       : NULL;
}

static bool set_padding(EVP_PKEY_CTX *ctx, enum signature_scheme scheme)
{
	if (scheme == SIGNATURE_RSASSA)
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	if (scheme == SIGNATURE_RSAPSS)
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_AUTO) == 1;
	return true;
}

static bool verify_once(
	EVP_PKEY *pkey, struct signature_alg alg, struct span message, struct span sig)
{
	EVP_MD_CTX *mctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = NULL;
	bool ok = false;

	if (!mctx ||
		EVP_DigestVerifyInit_ex(
			mctx, &ctx, md_of(alg.digest), crypto_context(), NULL, pkey, NULL) != 1 ||
		!set_padding(ctx, alg.scheme)) {
		mem_note_missing(); /* key and hash are what they must be */
	} else {
		/* The message ends here: no copy of the context for one that goes on. */
		EVP_MD_CTX_set_flags(mctx, EVP_MD_CTX_FLAG_FINALISE);
		ok = EVP_DigestVerify(mctx, sig.p, sig.n, message.p, message.n) == 1;
	}
	EVP_MD_CTX_free(mctx);
	crypto_context_forget_errors();
	return ok;
}

bool signature_verify(const struct public_key *key, struct signature_alg alg, struct span message,
	struct span sig, struct err *e)
{
	EVP_PKEY *pkey = public_key_pkey(key);
	bool is_ecdsa = alg.scheme == SIGNATURE_ECDSA;

	if (!md_of(alg.digest) ||
		(alg.scheme != SIGNATURE_RSASSA && alg.scheme != SIGNATURE_RSAPSS && !is_ecdsa))
		return err_set(e, ERR_SIGNATURE, "signature: scheme or hash is not taken");
	if ((EVP_PKEY_get_id(pkey) == EVP_PKEY_EC) != is_ecdsa)
		return err_set(
			e, ERR_SIGNATURE, "signature: the key is of another kind than the scheme");
	return verify_once(pkey, alg, message, sig) ||
	       crypto_context_second(verify_once(pkey, alg, message, sig)) ||
	       err_set(e, ERR_SIGNATURE, "signature does not verify with the key");
}

/* r and s as DER; the caller frees *der with OPENSSL_free. */
static int ecdsa_der(unsigned char **der, struct span r_bytes, struct span s_bytes)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(r_bytes.p, (int)r_bytes.n, NULL);
	BIGNUM *s = BN_bin2bn(s_bytes.p, (int)s_bytes.n, NULL);
	int n = -1;

	if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
		n = i2d_ECDSA_SIG(pair, der);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(pair);
	return n;
}

bool signature_verify_ecdsa(const struct public_key *key, enum digest_alg digest,
	struct span message, struct span r, struct span s, struct err *e)
{
	struct signature_alg alg = { SIGNATURE_ECDSA, digest };
	unsigned char *der = NULL;
	bool ok;
	int n;

	if (r.n > ECDSA_NUMBER_MAX || s.n > ECDSA_NUMBER_MAX)
		return err_set(e, ERR_SIGNATURE, "signature: r or s is longer than %d bytes",
			ECDSA_NUMBER_MAX);
	n = ecdsa_der(&der, r, s);
	if (n <= 0) {
		mem_note_missing(); /* any bytes are a number */
		return err_set(e, ERR_LIMIT, "signature: no memory");
	}
	ok = signature_verify(key, alg, message, span_make(der, (size_t)n), e);
	OPENSSL_free(der);
	return ok;
}

static uint16_t tpm_scheme_id(enum signature_scheme scheme)
{
	switch (scheme) {
	case SIGNATURE_RSASSA:
		return TPM_ALG_RSASSA;
	case SIGNATURE_RSAPSS:
		return TPM_ALG_RSAPSS;
	case SIGNATURE_ECDSA:
		return TPM_ALG_ECDSA;
	}
	return TPM_ALG_NULL;
}

bool signature_verify_tpm(const struct public_key *key, struct signature_alg alg,
	struct span message, const struct tpm_signature *sig, struct err *e)
{
	uint16_t want = tpm_scheme_id(alg.scheme);

	if (sig->alg != want || sig->digest != alg.digest)
		return err_set(e, ERR_MISMATCH,
			"signature is %s with %s, the key's scheme is %s with %s",
			tpm_alg_name(sig->alg), tpm_alg_name(sig->hash), tpm_alg_name(want),
			tpm_alg_name(tpm_alg_of_digest(alg.digest)));
	if (alg.scheme != SIGNATURE_ECDSA)
		return signature_verify(key, alg, message, sig->rsa, e);
	return signature_verify_ecdsa(key, alg.digest, message, sig->r, sig->s, e);
}

bool signature_alg_of_tpm(struct signature_alg *ret, const struct tpm_public *key, struct err *e)
{
	struct signature_alg alg = { .digest = tpm_alg_digest(key->scheme.hash) };

	if (key->type == TPM_ALG_RSA && key->scheme.alg == TPM_ALG_RSASSA)
		alg.scheme = SIGNATURE_RSASSA;
	else if (key->type == TPM_ALG_RSA && key->scheme.alg == TPM_ALG_RSAPSS)
		alg.scheme = SIGNATURE_RSAPSS;
	else if (key->type == TPM_ALG_ECC && key->scheme.alg == TPM_ALG_ECDSA)
		alg.scheme = SIGNATURE_ECDSA;
	if (!alg.scheme || !md_of(alg.digest))
		return err_set(e, ERR_SIGNATURE,
			"key signs with %s and %s, want RSASSA, RSAPSS or ECDSA with SHA-256 or longer",
			tpm_alg_name(key->scheme.alg), tpm_alg_name(key->scheme.hash));
	*ret = alg;
	return true;
}
