#include "trust/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/mem.h"
#include "trust/certificate_inside.h"
#include "base/banned.h"

static bool is_padding(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != p[0] || (p[0] != 0 && p[0] != 0xff))
			return false;
	return true;
}

static struct certificate *wrap(X509 *x)
{
	struct certificate *c = MEM_NEW(struct certificate);

	c->x509 = x;
	return c;
}

bool certificate_of_der(struct certificate **ret, struct span der, struct err *e)
{
	const unsigned char *at = der.p;
	X509 *x;

	if (der.n > CERTIFICATE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "certificate is %zu bytes, limit %d", der.n,
			CERTIFICATE_SIZE_MAX);
	x = der.n ? d2i_X509(NULL, &at, (long)der.n) : NULL;
	ERR_clear_error();
	if (!x)
		return err_set(e, ERR_FORMAT, "%zu bytes are no certificate in DER", der.n);
	if (!is_padding(at, (size_t)(der.p + der.n - at))) {
		X509_free(x);
		return err_set(
			e, ERR_FORMAT, "certificate: %td bytes behind its end", der.p + der.n - at);
	}
	*ret = wrap(x);
	return true;
}

bool certificate_of_file(struct certificate **ret, struct span bytes, struct err *e)
{
	BIO *bio;
	X509 *x;

	if (bytes.n && bytes.p[0] == 0x30)
		return certificate_of_der(ret, bytes, e);
	if (bytes.n > 16 * CERTIFICATE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "certificate file is %zu bytes, limit %d", bytes.n,
			16 * CERTIFICATE_SIZE_MAX);
	bio = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	if (!x)
		return err_set(e, ERR_FORMAT, "no certificate in PEM or DER");
	*ret = wrap(x);
	return true;
}

void certificate_free(struct certificate *c)
{
	if (!c)
		return;
	X509_free(c->x509);
	free(c);
}

void certificate_freep(struct certificate **c)
{
	certificate_free(*c);
}

bool certificate_key(struct public_key **ret, const struct certificate *c, struct err *e)
{
	EVP_PKEY *pkey = X509_get0_pubkey(c->x509);

	ERR_clear_error();
	if (!pkey)
		return err_set(e, ERR_FORMAT, "certificate: its public key cannot be read");
	return public_key_of_pkey(ret, pkey, e);
}

void certificate_put(struct buf *out, const struct certificate *c)
{
	unsigned char *der = NULL;
	int n = i2d_X509(c->x509, &der);

	if (n > 0)
		buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
}

void certificate_sha256(uint8_t ret[static 32], const struct certificate *c)
{
	CLEANUP(buf_done) struct buf der = buf_init(CERTIFICATE_SIZE_MAX);

	certificate_put(&der, c);
	sha256_of(ret, buf_span(&der));
}

static struct str name_text(const X509_NAME *name, struct arena *a)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct str text = { 0 };
	char *p = NULL;
	long n;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		n = BIO_get_mem_data(bio, &p);
		text = arena_str(a, str_make(p, n > 0 ? (size_t)n : 0));
	}
	BIO_free(bio);
	ERR_clear_error();
	return text;
}

struct str certificate_subject(const struct certificate *c, struct arena *a)
{
	return name_text(X509_get_subject_name(c->x509), a);
}

struct str certificate_issuer(const struct certificate *c, struct arena *a)
{
	return name_text(X509_get_issuer_name(c->x509), a);
}
