/* Certificates as they are read, and what is behind them. */
#include "trust/certificate.h"

#include <openssl/pem.h>

#include "certificate_case.h"

static void parses(void)
{
	struct certs c = honest();
	CLEANUP(buf_done) struct buf der = made_certificate(&c.leaf);
	CLEANUP(certificate_freep) struct certificate *one = NULL, *two = NULL;
	struct certificate *none = NULL;
	uint8_t a[32], b[32];
	struct err e = { 0 };

	CHECK_OK(certificate_of_der(&one, buf_span(&der), &e), e);
	for (size_t n = 0; n < der.n; n += 7)
		CHECK_ERR(certificate_of_der(&none, span_make(der.p, n), &e), e, ERR_FORMAT);
	buf_fill(&der, 0xff, 100); /* as TPMs pad their NV indexes */
	CHECK_OK(certificate_of_der(&two, buf_span(&der), &e), e);
	certificate_sha256(a, one);
	certificate_sha256(b, two);
	CHECK(!memcmp(a, b, 32));
	buf_u8(&der, 0);
	CHECK_ERR(certificate_of_der(&none, buf_span(&der), &e), e, ERR_FORMAT);
	CHECK_ERR(certificate_of_file(&none, str_span(STR("no certificate")), &e), e, ERR_FORMAT);
	buf_fill(&der, 0, CERTIFICATE_SIZE_MAX);
	CHECK_ERR(certificate_of_der(&none, buf_span(&der), &e), e, ERR_LIMIT);
}

/* The leaf with n extensions in all, the last of which has so many bytes; in DER, or in PEM, which hides how long it is. */
static void widened(struct buf *ret, int n, size_t last, bool pem)
{
	struct certs c = honest();
	CLEANUP(buf_done) struct buf der = made_certificate(&c.leaf);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	const uint8_t *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	BIO *bio = BIO_new(BIO_s_mem());
	uint8_t *bytes = calloc(1, last);
	char *text;
	long size;

	for (int i = X509_get_ext_count(x); i < n; i++) {
		char oid[32];
		ASN1_OBJECT *object;
		X509_EXTENSION *ext;

		snprintf(oid, sizeof oid, "1.3.6.1.4.1.55555.%d", i);
		object = OBJ_txt2obj(oid, 1);
		ASN1_OCTET_STRING_set(octets, bytes, i + 1 == n ? (int)last : 1);
		ext = X509_EXTENSION_create_by_OBJ(NULL, object, 0, octets);
		X509_add_ext(x, ext, -1);
		X509_EXTENSION_free(ext);
		ASN1_OBJECT_free(object);
	}
	CHECK(X509_sign(x, middle_key, EVP_sha256()) > 0);
	CHECK(pem ? PEM_write_bio_X509(bio, x) : i2d_X509_bio(bio, x));
	size = BIO_get_mem_data(bio, &text);
	buf_add(ret, text, (size_t)size);
	BIO_free(bio);
	X509_free(x);
	ASN1_OCTET_STRING_free(octets);
	free(bytes);
}

/* A certificate in PEM of just so many bytes in DER: a signature's length differs by a byte or two, so it is made until it has it. */
static bool of_size(size_t size, struct err *e)
{
	for (size_t last = size - 400; last > size - 1200; last--)
		for (int again = 0; again < 100; again++) {
			CLEANUP(buf_done)
			struct buf file = buf_init(1 << 20), pem = buf_init(1 << 20);
			CLEANUP(certificate_freep) struct certificate *c = NULL, *der = NULL;
			const uint8_t *p;
			BIO *bio;
			char *text;
			X509 *x;
			long n;

			widened(&file, 8, last, false);
			if (file.n > size + 3)
				break;
			if (file.n != size)
				continue;
			p = file.p;
			x = d2i_X509(NULL, &p, (long)file.n);
			bio = BIO_new(BIO_s_mem());
			CHECK(x && PEM_write_bio_X509(bio, x) == 1);
			n = BIO_get_mem_data(bio, &text);
			buf_add(&pem, text, (size_t)n);
			BIO_free(bio);
			X509_free(x);
			CHECK(certificate_of_der(&der, buf_span(&file), e) ==
				(size <= CERTIFICATE_SIZE_MAX));
			return certificate_of_file(&c, buf_span(&pem), e);
		}
	CHECK(false);
	return false;
}

static void exact_size(void)
{
	struct err e = { 0 };

	CHECK_OK(of_size(CERTIFICATE_SIZE_MAX, &e), e);
	CHECK_ERR(of_size(CERTIFICATE_SIZE_MAX + 1, &e), e, ERR_LIMIT);
}

/* A key on a curve that nobody knows is none. */
static void unknown_curve(void)
{
	static const uint8_t p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	struct certs c = honest();
	CLEANUP(buf_done) struct buf der = { 0 };
	CLEANUP(certificate_freep) struct certificate *x = NULL;
	struct public_key *key = NULL;
	struct err e = { 0 };
	uint8_t *curve;

	c.leaf.key = other_key;
	der = made_certificate(&c.leaf);
	curve = memmem(der.p, der.n, p256, sizeof p256);
	CHECK(curve);
	if (!curve)
		return;
	curve[7] = 0x7f;
	CHECK_OK(certificate_of_der(&x, buf_span(&der), &e), e);
	CHECK_ERR(certificate_key(&key, x, &e), e, ERR_FORMAT);
	CHECK(!key && strstr(e.text, "its public key cannot be read"));
}

static void bounds(void)
{
	static const struct {
		int extensions;
		size_t last;
		bool pem;
		const char *why; /* NULL: taken */
	} rows[] = {
		{ CERTIFICATE_EXTENSIONS_MAX, 1, false, NULL },
		{ CERTIFICATE_EXTENSIONS_MAX, 1, true, NULL },
		{ CERTIFICATE_EXTENSIONS_MAX + 1, 1, false,
			"certificate has 65 extensions, limit 64" },
		{ CERTIFICATE_EXTENSIONS_MAX + 1, 1, true,
			"certificate has 65 extensions, limit 64" },
		{ 8, CERTIFICATE_SIZE_MAX - 1000, true, NULL },
		{ 8, CERTIFICATE_SIZE_MAX, true, "limit 16384" },
		{ 8, CERTIFICATE_SIZE_MAX, false, "limit 16384" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CLEANUP(buf_done) struct buf file = buf_init(1 << 20);
		CLEANUP(certificate_freep) struct certificate *c = NULL;
		struct err e = { 0 };

		widened(&file, rows[i].extensions, rows[i].last, rows[i].pem);
		if (!rows[i].why) {
			CHECK_OK(certificate_of_file(&c, buf_span(&file), &e), e);
			continue;
		}
		CHECK_ERR(certificate_of_file(&c, buf_span(&file), &e), e, ERR_LIMIT);
		CHECK(strstr(e.text, rows[i].why));
	}
}

/* What stands behind a certificate: padding is zeroes alone, or ones alone. */
static void padding(void)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool taken;
	} cases[] = { { "\0", 1, true }, { "\0\0\0", 3, true }, { "\xff", 1, true },
		{ "\xff\xff", 2, true }, { "\0\xff", 2, false }, { "\xff\0", 2, false },
		{ "\1", 1, false }, { "\1\1", 2, false }, { "\xfe", 1, false },
		{ "\0\0\1", 3, false }, { "0", 1, false } };
	struct certs c = honest();
	CLEANUP(buf_done) struct buf der = made_certificate(&c.leaf), big = buf_init(1 << 20);
	size_t n = der.n;
	struct certificate *none = NULL;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(certificate_freep) struct certificate *x = NULL;

		der.n = n;
		buf_add(&der, cases[i].bytes, cases[i].n);
		CHECK(certificate_of_der(&x, buf_span(&der), &e) == cases[i].taken);
		CHECK(cases[i].taken || strstr(e.text, "behind its end"));
	}
	buf_fill(&big, ' ', 16 * CERTIFICATE_SIZE_MAX);
	CHECK_ERR(certificate_of_file(&none, buf_span(&big), &e), e, ERR_FORMAT);
	buf_u8(&big, ' ');
	CHECK_ERR(certificate_of_file(&none, buf_span(&big), &e), e, ERR_LIMIT);
	CHECK_ERR(certificate_of_file(&none, span_make("", 0), &e), e, ERR_FORMAT);
	CHECK(!none);
}

/* Names as they are shown, and none where there is no memory for them. */
static void shown(void)
{
	struct certs c = honest();
	CLEANUP(certificate_freep) struct certificate *l = made(&c.leaf);
	CLEANUP(arena_freep) struct arena *a = arena_new(1000), *none = arena_new(0);

	CHECK(str_is(certificate_subject(l, a), "CN = leaf"));
	CHECK(str_is(certificate_issuer(l, a), "CN = middle"));
	CHECK(!certificate_subject(l, none).p && !certificate_issuer(l, none).p);
}

int main(void)
{
	keys_new();
	parses();
	bounds();
	unknown_curve();
	exact_size();
	padding();
	shown();
	keys_free();
	return test_end();
}
