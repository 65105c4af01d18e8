#include "trust/x509_read.h"

#include <limits.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/crypto_context.h"
#include "base/banned.h"

/* What PEM_read_bio_* takes as the password of a file that needs one, instead of asking at the terminal. */
static char no_password[] = "";

static struct span behind(struct span bytes, const unsigned char *at)
{
	size_t taken = (size_t)(at - bytes.p);

	return span_make(bytes.p + taken, bytes.n - taken);
}

static X509 *certificate_once(struct span bytes, struct span *rest)
{
	const unsigned char *at = bytes.p;
	X509 *x = X509_new_ex(crypto_context(), NULL);

	if (!x || !d2i_X509(&x, &at, (long)bytes.n)) {
		crypto_context_forget_failure();
		X509_free(x);
		return NULL;
	}
	*rest = behind(bytes, at);
	return x;
}

/* Without memory libcrypto has keys of no bits or of no strength. */
static bool key_is_whole(const EVP_PKEY *key)
{
	return key && EVP_PKEY_get_bits(key) > 0 && EVP_PKEY_get_security_bits(key) > 0 &&
	       EVP_PKEY_get_size(key) > 0;
}

/*
 * libcrypto reads the key and the extensions in silence: one that it cannot read is as good as none, and a certificate that
 * signed itself is taken for another that has its name. All is looked at here, so that nothing is left to be read later.
 */
static bool is_whole(X509 *x)
{
	uint32_t flags;

	if (!x || !key_is_whole(X509_get0_pubkey(x)) || X509_check_purpose(x, -1, 0) != 1)
		return false;
	flags = X509_get_extension_flags(x);
	return !(flags & (EXFLAG_INVALID | EXFLAG_NO_FINGERPRINT)) &&
	       (!(flags & EXFLAG_SI) || flags & EXFLAG_SS);
}

/* Which of two readings of the same bytes is kept; the other is freed. */
static X509 *better(X509 *first, X509 *second)
{
	if (crypto_context_second(is_whole(second) || (!first && second))) {
		X509_free(first);
		return second;
	}
	X509_free(second);
	return first;
}

X509 *x509_read_certificate(struct span bytes, struct span *rest)
{
	X509 *x;

	if (!bytes.n || bytes.n > LONG_MAX)
		return NULL;
	x = certificate_once(bytes, rest);
	return is_whole(x) ? x : better(x, certificate_once(bytes, rest));
}

static X509_CRL *crl_once(struct span bytes, struct span *rest)
{
	const unsigned char *at = bytes.p;
	X509_CRL *x = X509_CRL_new_ex(crypto_context(), NULL);

	if (!x || !d2i_X509_CRL(&x, &at, (long)bytes.n)) {
		crypto_context_forget_failure();
		X509_CRL_free(x);
		return NULL;
	}
	*rest = behind(bytes, at);
	return x;
}

X509_CRL *x509_read_crl(struct span bytes, struct span *rest)
{
	X509_CRL *x;

	if (!bytes.n || bytes.n > LONG_MAX)
		return NULL;
	x = crl_once(bytes, rest);
	if (!x) {
		x = crl_once(bytes, rest);
		(void)crypto_context_second(x != NULL);
	}
	return x;
}

static BIO *over(struct span text)
{
	return text.n && text.n <= INT_MAX ? BIO_new_mem_buf(text.p, (int)text.n) : NULL;
}

static X509 *certificate_pem_once(struct span text)
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

X509 *x509_read_certificate_pem(struct span text)
{
	X509 *x = certificate_pem_once(text);

	return is_whole(x) ? x : better(x, certificate_pem_once(text));
}

static X509_CRL *crl_pem_once(struct span text)
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

X509_CRL *x509_read_crl_pem(struct span text)
{
	X509_CRL *x = crl_pem_once(text);

	if (!x) {
		x = crl_pem_once(text);
		(void)crypto_context_second(x != NULL);
	}
	return x;
}
