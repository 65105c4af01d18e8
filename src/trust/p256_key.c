#include "trust/p256_key.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "base/banned.h"

#define GROUP "prime256v1"
enum { NUMBER = P256_KEY_SIGNATURE / 2, DER_MAX = P256_KEY_SIGNATURE + 16 };

struct p256_key {
	EVP_PKEY *pkey;
};

void p256_key_free(struct p256_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

void p256_key_freep(struct p256_key **k)
{
	p256_key_free(*k);
}

/* Nobody is asked for a passphrase; *asked says that one was wanted. */
static int ask_nobody(char *out, int size, int writing, void *asked)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static bool is_p256(const EVP_PKEY *pkey)
{
	char name[40];

	return EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_group_name(pkey, name, sizeof name, NULL) == 1 && !strcmp(name, GROUP);
}

bool p256_key_of_pem(struct p256_key **ret, struct span pem, struct err *e)
{
	bool asked = false;
	struct p256_key *k;
	EVP_PKEY *pkey;
	BIO *bio;

	if (pem.n > P256_KEY_FILE_MAX)
		return err_set(e, ERR_LIMIT, "key is larger than %d bytes", P256_KEY_FILE_MAX);
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	pkey = bio ? PEM_read_bio_PrivateKey_ex(
			     bio, NULL, ask_nobody, &asked, crypto_context(), NULL)
		   : NULL;
	BIO_free(bio);
	crypto_context_forget_errors();
	if (pkey && is_p256(pkey)) {
		k = MEM_NEW(struct p256_key);
		k->pkey = pkey;
		*ret = k;
		return true;
	}
	if (pkey) {
		EVP_PKEY_free(pkey);
		err_set(e, ERR_USAGE,
			"a key of another kind: ES256 signs with the curve P-256 alone");
	} else if (asked) {
		err_set(e, ERR_USAGE, "the private key has a passphrase, and nobody is asked here");
		return err_hint(
			e, "openssl pkey -in KEY -out PLAIN, into a folder that is yours alone");
	} else {
		err_set(e, ERR_FORMAT, "no private key in PEM");
	}
	return err_hint(
		e, "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
}

static bool split(uint8_t out[static P256_KEY_SIGNATURE], const uint8_t *der, size_t n)
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, NUMBER) == NUMBER &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + NUMBER, NUMBER) == NUMBER;

	ECDSA_SIG_free(pair);
	return ok;
}

bool p256_key_sign(uint8_t out[static P256_KEY_SIGNATURE], const struct p256_key *k,
	struct span message, struct err *e)
{
	uint8_t der[DER_MAX], pair[P256_KEY_SIGNATURE];
	size_t n = sizeof der;
	EVP_MD_CTX *sign = EVP_MD_CTX_new(), *verify = EVP_MD_CTX_new();
	bool made = sign &&
		    EVP_DigestSignInit_ex(
			    sign, NULL, "SHA256", crypto_context(), NULL, k->pkey, NULL) == 1 &&
		    EVP_DigestSign(sign, der, &n, message.p, message.n) == 1 && split(pair, der, n);
	bool holds = made && verify &&
		     EVP_DigestVerifyInit_ex(
			     verify, NULL, "SHA256", crypto_context(), NULL, k->pkey, NULL) == 1 &&
		     EVP_DigestVerify(verify, der, n, message.p, message.n) == 1;

	EVP_MD_CTX_free(sign);
	EVP_MD_CTX_free(verify);
	crypto_context_forget_errors();
	if (!made)
		return err_set(e, ERR_INTERNAL, "libcrypto cannot sign with the key");
	if (!holds)
		return err_set(e, ERR_MISMATCH,
			"the public key in the file is not that of its private key");
	memcpy(out, pair, sizeof pair);
	return true;
}
