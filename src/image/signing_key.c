#include "image/signing_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/banned.h"

enum { BITS_MIN = 2048, BITS_MAX = 4096, SIGNATURE_MAX = BITS_MAX / 8 };

struct signing_key {
	EVP_PKEY *pkey;
	unsigned char *der; /* of the certificate, libcrypto's memory */
	size_t der_size;
};

void signing_key_free(struct signing_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	OPENSSL_free(k->der);
	free(k);
}

void signing_key_freep(struct signing_key **k)
{
	signing_key_free(*k);
}

/* Nobody is asked for a passphrase; *asked says that one was wanted. */
static int no_passphrase(char *out, int size, int writing, void *asked)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static EVP_PKEY *read_key(struct span pem, bool *asked)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, asked) : NULL;

	BIO_free(bio);
	ERR_clear_error();
	return pkey;
}

static bool set_key(struct signing_key *k, struct span pem, struct err *e)
{
	bool asked = false;
	int bits;

	k->pkey = read_key(pem, &asked);
	if (!k->pkey && asked) {
		err_set(e, ERR_USAGE, "the private key has a passphrase, and nobody is asked here");
		return err_hint(e, "openssl pkey -in KEY -out PLAIN, into a folder that is yours "
				   "alone; or sign elsewhere and use `assay sign attach`");
	}
	if (!k->pkey)
		return err_set(e, ERR_FORMAT, "no private key in PEM");
	if (!EVP_PKEY_is_a(k->pkey, "RSA")) {
		err_set(e, ERR_USAGE,
			"a key of another kind than RSA: its signatures differ each time, or firmware does not take them");
		return err_hint(e, "use an RSA key of %d to %d bits", BITS_MIN, BITS_MAX);
	}
	bits = EVP_PKEY_get_bits(k->pkey);
	return (bits >= BITS_MIN && bits <= BITS_MAX) ||
	       err_set(e, ERR_USAGE, "RSA key of %d bits, wanted %d to %d", bits, BITS_MIN,
		       BITS_MAX);
}

/* The only certificate of the file; NULL in *ret when there is none, *more when there are several. */
static void read_certificate(X509 **ret, bool *more, struct span pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *second = NULL;

	*ret = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	if (*ret)
		second = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	*more = second != NULL;
	X509_free(second);
	BIO_free(bio);
	ERR_clear_error();
}

static bool set_certificate(struct signing_key *k, struct span pem, struct err *e)
{
	bool more = false, ours;
	X509 *x = NULL;
	int n;

	read_certificate(&x, &more, pem);
	if (!x)
		return err_set(e, ERR_FORMAT, "no certificate in PEM");
	ours = X509_check_private_key(x, k->pkey) == 1;
	n = i2d_X509(x, &k->der);
	X509_free(x);
	ERR_clear_error();
	if (more)
		return err_set(e, ERR_USAGE,
			"several certificates, wanted the signer's alone: its issuer is for the firmware's db");
	if (!ours) {
		err_set(e, ERR_MISMATCH, "the certificate is not for this private key");
		return err_hint(e, "give the certificate that was made with this key");
	}
	if (n <= 0)
		return err_set(e, ERR_INTERNAL, "libcrypto cannot write the certificate");
	k->der_size = (size_t)n;
	return true;
}

bool signing_key_of_pem(
	struct signing_key **ret, struct span key, struct span certificate, struct err *e)
{
	CLEANUP(signing_key_freep) struct signing_key *k = MEM_NEW(struct signing_key);

	if (key.n > SIGNING_KEY_FILE_MAX || certificate.n > SIGNING_KEY_FILE_MAX)
		return err_set(e, ERR_LIMIT, "key or certificate is larger than %d bytes",
			SIGNING_KEY_FILE_MAX);
	if (!set_key(k, key, e) || !set_certificate(k, certificate, e))
		return false;
	*ret = TAKE(k);
	return true;
}

struct span signing_key_certificate(const struct signing_key *k)
{
	return span_make(k->der, k->der_size);
}

bool signing_key_sign(
	struct buf *out, const struct signing_key *k, struct span message, struct err *e)
{
	uint8_t signature[SIGNATURE_MAX];
	size_t n = sizeof signature;
	EVP_PKEY_CTX *padding = NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestSignInit(ctx, &padding, EVP_sha256(), NULL, k->pkey) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PADDING) == 1 &&
		  EVP_DigestSign(ctx, signature, &n, message.p, message.n) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!ok)
		return err_set(e, ERR_INTERNAL, "libcrypto cannot sign with the key");
	buf_add(out, signature, n);
	return buf_ok(out) || buf_full(out, "the signature", e);
}
