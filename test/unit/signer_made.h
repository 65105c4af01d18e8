/*
 * Keys and certificates made for one test, as the files that a user would sign with.
 */
#ifndef ASSAY_TEST_SIGNER_MADE_H
#define ASSAY_TEST_SIGNER_MADE_H

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "tpm_made.h"

/* Whoever signs here: a key, its certificate, and both as the files of a user. */
struct signer {
	EVP_PKEY *pkey;
	struct buf certificate, key_pem, cert_pem;
};

static struct buf take(BIO *bio)
{
	struct buf b = buf_init(1 << 16);
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	buf_add(&b, p, (size_t)n);
	BIO_free(bio);
	return b;
}

static struct signer make_signer(EVP_PKEY *pkey, const char *passphrase)
{
	struct signer s = { .pkey = pkey };
	BIO *key = BIO_new(BIO_s_mem()), *cert = BIO_new(BIO_s_mem());
	const unsigned char *at;
	X509 *x;

	s.certificate = made_certificate(&(struct made_certificate){ .subject = "signer",
		.issuer = "signer",
		.key = pkey,
		.signer = pkey,
		.from = 0,
		.to = 2000000000 });
	PEM_write_bio_PrivateKey(key, pkey, passphrase ? EVP_aes_256_cbc() : NULL,
		(const unsigned char *)passphrase, passphrase ? (int)strlen(passphrase) : 0, NULL,
		NULL);
	at = s.certificate.p;
	x = d2i_X509(NULL, &at, (long)s.certificate.n);
	PEM_write_bio_X509(cert, x);
	X509_free(x);
	s.key_pem = take(key);
	s.cert_pem = take(cert);
	return s;
}

static void signer_done(struct signer *s)
{
	EVP_PKEY_free(s->pkey);
	buf_done(&s->certificate);
	buf_done(&s->key_pem);
	buf_done(&s->cert_pem);
}

#endif
