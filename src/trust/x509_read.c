#include "trust/x509_read.h"

#include <limits.h>

#include <openssl/pem.h>

#include "base/crypto_context.h"
#include "base/banned.h"

/* What PEM_read_bio_* takes as the password of a file that needs one, instead of asking at the terminal. */
static char no_password[] = "";

static struct span behind(struct span bytes, const unsigned char *at)
{
	size_t taken = (size_t)(at - bytes.p);

	return span_make(bytes.p + taken, bytes.n - taken);
}

X509 *x509_read_certificate(struct span bytes, struct span *rest)
{
	const unsigned char *at = bytes.p;
	X509 *x = bytes.n && bytes.n <= LONG_MAX ? X509_new_ex(crypto_context(), NULL) : NULL;

	if (!x || !d2i_X509(&x, &at, (long)bytes.n)) {
		if (bytes.n)
			crypto_context_forget_failure();
		X509_free(x);
		return NULL;
	}
	*rest = behind(bytes, at);
	return x;
}

X509_CRL *x509_read_crl(struct span bytes, struct span *rest)
{
	const unsigned char *at = bytes.p;
	X509_CRL *x = bytes.n && bytes.n <= LONG_MAX ? X509_CRL_new_ex(crypto_context(), NULL)
						     : NULL;

	if (!x || !d2i_X509_CRL(&x, &at, (long)bytes.n)) {
		if (bytes.n)
			crypto_context_forget_failure();
		X509_CRL_free(x);
		return NULL;
	}
	*rest = behind(bytes, at);
	return x;
}

static BIO *over(struct span text)
{
	return text.n && text.n <= INT_MAX ? BIO_new_mem_buf(text.p, (int)text.n) : NULL;
}

X509 *x509_read_certificate_pem(struct span text)
{
	BIO *bio = over(text);
	X509 *x = bio ? X509_new_ex(crypto_context(), NULL) : NULL;

	if (x && !PEM_read_bio_X509(bio, &x, NULL, no_password)) {
		X509_free(x);
		x = NULL;
	}
	BIO_free(bio);
	return x;
}

X509_CRL *x509_read_crl_pem(struct span text)
{
	BIO *bio = over(text);
	X509_CRL *x = bio ? X509_CRL_new_ex(crypto_context(), NULL) : NULL;

	if (x && !PEM_read_bio_X509_CRL(bio, &x, NULL, no_password)) {
		X509_CRL_free(x);
		x = NULL;
	}
	BIO_free(bio);
	return x;
}
