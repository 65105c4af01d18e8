#include "trust/certificate.h"

#include <openssl/x509.h>
#include <stdlib.h>

#include "base/crypto_context.h"
#include "base/digest.h"
#include "base/mem.h"
#include "trust/certificate_inside.h"
#include "trust/x509_read.h"
#include "base/banned.h"

static bool is_padding(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != p[0] || (p[0] != 0 && p[0] != 0xff))
			return false;
	return true;
}

/* What readers of extensions may take for granted: they look at each of them for each. */
static bool is_bounded(X509 *x, struct err *e)
{
	int n = i2d_X509(x, NULL), extensions = X509_get_ext_count(x);

	if (n > CERTIFICATE_SIZE_MAX)
		return err_set(
			e, ERR_LIMIT, "certificate is %d bytes, limit %d", n, CERTIFICATE_SIZE_MAX);
	return extensions <= CERTIFICATE_EXTENSIONS_MAX ||
	       err_set(e, ERR_LIMIT, "certificate has %d extensions, limit %d", extensions,
		       CERTIFICATE_EXTENSIONS_MAX);
}

/* Takes x over. */
static bool wrap(struct certificate **ret, X509 *x, struct err *e)
{
	struct certificate *c;

	if (!is_bounded(x, e)) {
		X509_free(x);
		return false;
	}
	c = MEM_NEW(struct certificate);
	if (!c) {
		X509_free(x);
		return err_set(e, ERR_LIMIT, "certificate: no memory");
	}
	c->x509 = x;
	*ret = c;
	return true;
}

bool certificate_of_der(struct certificate **ret, struct span der, struct err *e)
{
	struct span rest = { 0 };
	X509 *x;

	if (der.n > CERTIFICATE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "certificate is %zu bytes, limit %d", der.n,
			CERTIFICATE_SIZE_MAX);
	x = x509_read_certificate(der, &rest);
	crypto_context_forget_errors();
	if (!x)
		return err_set(e, ERR_FORMAT, "%zu bytes are no certificate in DER", der.n);
	if (!is_padding(rest.p, rest.n)) {
		X509_free(x);
		return err_set(e, ERR_FORMAT, "certificate: %zu bytes behind its end", rest.n);
	}
	return wrap(ret, x, e);
}

bool certificate_of_file(struct certificate **ret, struct span bytes, struct err *e)
{
	X509 *x;

	if (bytes.n && bytes.p[0] == 0x30)
		return certificate_of_der(ret, bytes, e);
	if (bytes.n > 16 * CERTIFICATE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "certificate file is %zu bytes, limit %d", bytes.n,
			16 * CERTIFICATE_SIZE_MAX);
	x = x509_read_certificate_pem(bytes);
	crypto_context_forget_errors();
	if (!x)
		return err_set(e, ERR_FORMAT, "no certificate in PEM or DER");
	return wrap(ret, x, e);
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

	crypto_context_forget_errors();
	if (!pkey)
		return err_set(e, ERR_FORMAT, "certificate: its public key cannot be read");
	return public_key_of_pkey(ret, pkey, e);
}

void certificate_put(struct buf *out, const struct certificate *c)
{
	unsigned char *der = NULL;
	int n = i2d_X509(c->x509, &der);

	if (n < 0)
		mem_note_missing();
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
	crypto_context_forget_errors();
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
