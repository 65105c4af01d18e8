#include "trust/certificate.h"

#include <openssl/pem.h>

#include "tpm_made.h"

enum { YEAR = 365 * 24 * 3600, NOW = 1767225600 };

#define EK_USAGE "2.23.133.8.1"
#define AK_USAGE "2.23.133.8.3"

static EVP_PKEY *root_key, *middle_key, *leaf_key, *other_key;

static const struct made_certificate root = { .subject = "root",
	.issuer = "root",
	.ca = true,
	.usage = "critical,keyCertSign",
	.from = NOW - YEAR,
	.to = NOW + YEAR };
static const struct made_certificate middle = { .subject = "middle",
	.issuer = "root",
	.ca = true,
	.usage = "critical,keyCertSign",
	.from = NOW - YEAR,
	.to = NOW + YEAR };
static const struct made_certificate leaf = { .subject = "leaf",
	.issuer = "middle",
	.eku = EK_USAGE,
	.usage = "critical,keyEncipherment",
	.from = NOW - 1000,
	.to = NOW + 1000 };

struct certs {
	struct made_certificate root, middle, leaf;
	enum certificate_purpose purpose;
	int64_t at, leeway;
	bool no_root, no_middle, root_is_middle, foreign_root;
};

static struct certs honest(void)
{
	struct certs c = { root, middle, leaf, CERTIFICATE_EK, NOW, 0, false, false, false, false };

	c.root.key = c.root.signer = c.middle.signer = root_key;
	c.middle.key = c.leaf.signer = middle_key;
	c.leaf.key = leaf_key;
	return c;
}

static struct certificate *made(const struct made_certificate *m)
{
	CLEANUP(buf_done) struct buf der = made_certificate(m);
	struct certificate *c = NULL;
	struct err e = { 0 };

	CHECK_OK(certificate_of_der(&c, buf_span(&der), &e), e);
	return c;
}

static bool verify(const struct certs *c, struct err *e)
{
	CLEANUP(certificate_freep) struct certificate *r = made(&c->root);
	CLEANUP(certificate_freep) struct certificate *m = made(&c->middle);
	CLEANUP(certificate_freep) struct certificate *l = made(&c->leaf);
	struct made_certificate f = c->root;
	CLEANUP(certificate_freep) struct certificate *foreign = NULL;
	const struct certificate *others[] = { m, r };
	const struct certificate *roots[1];
	struct certificate_chain chain = { .leaf = l,
		.others = others,
		.n_others = c->no_middle ? 0 : 2,
		.roots = roots,
		.n_roots = c->no_root ? 0 : 1 };
	size_t which = 9;

	f.key = f.signer = other_key;
	foreign = made(&f);
	roots[0] = c->foreign_root ? foreign : c->root_is_middle ? m : r;
	return certificate_verify(&chain, c->purpose, c->at, c->leeway, &which, e) && which == 0;
}

static void accepts(void)
{
	struct certs c = honest();
	struct err e = { 0 };

	CHECK_OK(verify(&c, &e), e);
	c.root_is_middle = true; /* the user may name the issuing authority itself */
	CHECK_OK(verify(&c, &e), e);
	c.no_middle = true;
	CHECK_OK(verify(&c, &e), e);
	c = honest();
	c.leaf.subject = "";
	c.leaf.san = "critical,DNS:tpm";
	CHECK_OK(verify(&c, &e), e);
	c = honest();
	c.leaf.critical = "2.5.29.9"; /* subjectDirectoryAttributes describe a TPM */
	CHECK_OK(verify(&c, &e), e);
	c = honest();
	c.leaf.eku = AK_USAGE;
	c.leaf.usage = "critical,digitalSignature";
	c.purpose = CERTIFICATE_AK;
	CHECK_OK(verify(&c, &e), e);
	c.leaf.usage = NULL;
	CHECK_OK(verify(&c, &e), e);
}

typedef void change(struct certs *c);

static void no_eku(struct certs *c)
{
	c->leaf.eku = NULL;
}
static void other_eku(struct certs *c)
{
	c->leaf.eku = "serverAuth";
}
static void ak_for_ek(struct certs *c)
{
	c->leaf.eku = AK_USAGE;
}
static void ek_for_ak(struct certs *c)
{
	c->purpose = CERTIFICATE_AK;
}
static void leaf_is_ca(struct certs *c)
{
	c->leaf.ca = true;
}
static void usage_of_leaf(struct certs *c)
{
	c->leaf.usage = "critical,cRLSign";
}
static void middle_no_ca(struct certs *c)
{
	c->middle.ca = false;
}
static void middle_may_not_sign(struct certs *c)
{
	c->middle.usage = "critical,digitalSignature";
}
static void leaf_expired(struct certs *c)
{
	c->at = NOW + 2000;
}
static void leaf_not_yet(struct certs *c)
{
	c->at = NOW - 2000;
}
static void middle_expired(struct certs *c)
{
	c->middle.to = NOW - 10;
}
static void root_expired(struct certs *c)
{
	c->root.to = NOW - 10;
}
static void leaf_by_other(struct certs *c)
{
	c->leaf.signer = other_key;
}
static void middle_by_other(struct certs *c)
{
	c->middle.signer = other_key;
}
static void other_root(struct certs *c)
{
	c->foreign_root = true;
}
static void missing_middle(struct certs *c)
{
	c->no_middle = true;
}
static void unknown_critical(struct certs *c)
{
	c->leaf.critical = "1.2.3.4.5";
}
static void unknown_critical_above(struct certs *c)
{
	c->middle.critical = "1.2.3.4.5";
}
static void weak_hash(struct certs *c)
{
	c->leaf.hash = "SHA1";
}

static void refuses(void)
{
	static change *const changes[] = { no_eku, other_eku, ak_for_ek, ek_for_ak, leaf_is_ca,
		usage_of_leaf, middle_no_ca, middle_may_not_sign, leaf_expired, leaf_not_yet,
		middle_expired, root_expired, leaf_by_other, middle_by_other, other_root,
		missing_middle, unknown_critical, unknown_critical_above, weak_hash };

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct certs c = honest();
		struct err e = { 0 };

		changes[i](&c);
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
		if (e.kind != ERR_SIGNATURE)
			fprintf(stderr, "change %zu\n", i);
	}
}

/* Each certificate of the path at both of its ends, to the second; other faults stay faults. */
static void leeway(void)
{
	for (size_t i = 0; i < 6; i++) {
		struct certs c = honest();
		struct made_certificate *one = i / 2 == 0   ? &c.leaf
					       : i / 2 == 1 ? &c.middle
							    : &c.root;
		struct err e = { 0 };

		if (i % 2)
			one->from = NOW + 60;
		else
			one->to = NOW - 60;
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, "clock"));
		c.leeway = 59;
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
		c.leeway = 60;
		CHECK_OK(verify(&c, &e), e);
		c.leaf.signer = other_key;
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
	}
}

static void ends(void)
{
	struct certs c = honest();
	struct err e = { 0 };

	c.at = c.leaf.from;
	CHECK_OK(verify(&c, &e), e);
	c.at = c.leaf.to;
	CHECK_OK(verify(&c, &e), e);
	c.at = c.leaf.to + 1;
	CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
	c = honest();
	c.leeway = -1;
	CHECK_ERR(verify(&c, &e), e, ERR_USAGE);
}

static void no_roots(void)
{
	struct certs c = honest();
	struct err e = { 0 };

	c.no_root = true;
	CHECK_ERR(verify(&c, &e), e, ERR_NOTFOUND);
}

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

int main(void)
{
	root_key = made_ecc("P-256");
	middle_key = made_ecc("P-256");
	other_key = made_ecc("P-256");
	leaf_key = made_rsa();
	accepts();
	refuses();
	leeway();
	ends();
	no_roots();
	parses();
	bounds();
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(middle_key);
	EVP_PKEY_free(other_key);
	EVP_PKEY_free(leaf_key);
	return test_end();
}
