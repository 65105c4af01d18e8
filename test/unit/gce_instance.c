#include "trust/gce_instance.h"

#include "codec/der.h"
#include "tpm_made.h"

/* What is made: the numbers of the properties say which there are. */
struct made_gce {
	const char *zone, *project, *name;
	uint8_t text_tag;
	bool negative, long_number, no_properties, unsorted, unknown, odd_truth, no_production,
		trailing;
	uint8_t production;
};

static struct made_gce honest(void)
{
	return (struct made_gce){ .zone = "test-1a",
		.project = "a-project",
		.name = "instance-1",
		.text_tag = 0x0c,
		.production = 0xff };
}

static void put_truth(struct buf *b, unsigned n, uint8_t value)
{
	const uint8_t truth[] = { 0x01, 0x01, value };

	der_put(b, (uint8_t)(0xa0 + n), SPAN_OF(truth));
}

static void put_properties(struct buf *b, const struct made_gce *m)
{
	static const uint8_t version[] = { 0x02, 0x01, 0x07 };
	size_t start = b->n, inner;

	inner = b->n;
	der_put(b, 0xa0, SPAN_OF(version));
	if (m->unsorted)
		put_truth(b, 2, 0xff);
	if (!m->no_production)
		put_truth(b, 1, m->odd_truth ? 1 : m->production);
	if (!m->unsorted)
		put_truth(b, 2, 0xff);
	put_truth(b, m->unknown ? 6 : 5, 0);
	der_close(b, inner, 0x30);
	der_close(b, start, 0xa0);
}

static struct buf made(const struct made_gce *m)
{
	static const uint8_t number[] = { 0x00, 0xe7, 0xaf, 0x73, 0x5e, 0x9c };
	static const uint8_t id[] = { 0x5a, 0x8c, 0x62, 0x35, 0xb8, 0x97, 0xb1, 0x85 };
	static const uint8_t large[] = { 0x01, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct buf b = buf_init(4096);

	der_put(&b, m->text_tag, str_span(str_of(m->zone)));
	der_put(&b, 0x02, m->negative ? span_make(number + 1, 5) : SPAN_OF(number));
	der_put(&b, m->text_tag, str_span(str_of(m->project)));
	der_put(&b, 0x02, m->long_number ? SPAN_OF(large) : SPAN_OF(id));
	der_put(&b, m->text_tag, str_span(str_of(m->name)));
	if (!m->no_properties)
		put_properties(&b, m);
	der_close(&b, 0, 0x30);
	if (m->trailing)
		buf_u8(&b, 0);
	return b;
}

static bool parse(struct gce_instance *g, struct buf *kept, const struct made_gce *m, struct err *e)
{
	buf_done(kept);
	*kept = made(m);
	return gce_instance_parse(g, buf_span(kept), e);
}

static void takes(void)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct made_gce m = honest();
	struct gce_instance g;
	struct err e = { 0 };

	CHECK_OK(parse(&g, &b, &m, &e), e);
	CHECK(str_is(g.zone, "test-1a") && str_is(g.project, "a-project") &&
		str_is(g.name, "instance-1"));
	CHECK(g.project_number == UINT64_C(0xe7af735e9c) && g.id == UINT64_C(0x5a8c6235b897b185) &&
		g.security_version == 7 && g.production);
	m.production = 0;
	CHECK_OK(parse(&g, &b, &m, &e), e);
	CHECK(!g.production);
	m.no_production = true;
	CHECK_OK(parse(&g, &b, &m, &e), e);
	CHECK(!g.production && g.security_version == 7);
	m.no_properties = true;
	CHECK_OK(parse(&g, &b, &m, &e), e);
	CHECK(!g.production && !g.security_version && str_is(g.zone, "test-1a"));
}

static void refuses(void)
{
	char longer[258] = { 0 };
	const struct {
		struct made_gce m;
		const char *why;
	} cases[] = {
		{ { .zone = "", .project = "p", .name = "n", .text_tag = 0x0c }, "the zone" },
		{ { .zone = "z", .project = "a b", .name = "n", .text_tag = 0x0c }, "the project" },
		{ { .zone = "z", .project = "p", .name = "n\n", .text_tag = 0x0c }, "name" },
		{ { .zone = "z", .project = "p", .name = longer, .text_tag = 0x0c }, "name" },
		{ { .zone = "z", .project = "p", .name = "n", .text_tag = 0x13 }, "no text" },
		{ { .zone = "z", .project = "p", .name = "n", .text_tag = 0x0c, .negative = true },
			"the project's number" },
		{ { .zone = "z",
			  .project = "p",
			  .name = "n",
			  .text_tag = 0x0c,
			  .long_number = true },
			"the instance's number" },
		{ { .zone = "z", .project = "p", .name = "n", .text_tag = 0x0c, .unsorted = true },
			"out of order" },
		{ { .zone = "z", .project = "p", .name = "n", .text_tag = 0x0c, .unknown = true },
			"not known" },
		{ { .zone = "z", .project = "p", .name = "n", .text_tag = 0x0c, .odd_truth = true },
			"truth value" },
		{ { .zone = "z", .project = "p", .name = "n", .text_tag = 0x0c, .trailing = true },
			"" },
	};
	CLEANUP(buf_done) struct buf b = { 0 };

	memset(longer, 'n', sizeof longer - 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gce_instance g;
		struct err e = { 0 };

		CHECK_ERR(parse(&g, &b, &cases[i].m, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, cases[i].why));
		if (!strstr(e.text, cases[i].why))
			fprintf(stderr, "case %zu: %s\n", i, e.text);
	}
}

/* A length that is too short is never taken, but where the properties may be left out it stands in the outer length. */
static void truncations(void)
{
	struct made_gce m = honest();
	CLEANUP(buf_done) struct buf b = made(&m);
	struct gce_instance g;
	struct err e = { 0 };

	for (size_t n = 0; n < b.n; n++)
		CHECK_ERR(gce_instance_parse(&g, span_make(b.p, n), &e), e, ERR_FORMAT);
	CHECK_OK(gce_instance_parse(&g, buf_span(&b), &e), e);
}

/* Without the extension nothing is said; two of them say nothing that could be believed. */
static void in_certificates(void)
{
	EVP_PKEY *key = made_ecc("P-256");
	struct made_gce m = honest();
	CLEANUP(buf_done) struct buf value = made(&m);
	ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.11129.2.1.21", 1);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();

	ASN1_OCTET_STRING_set(octets, value.p, (int)value.n);
	for (int n = 0; n < 3; n++) {
		CLEANUP(certificate_freep) struct certificate *c = NULL;
		X509_EXTENSION *ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, octets);
		struct gce_instance g = { 0 };
		unsigned char *der = NULL;
		X509 *x = X509_new();
		struct err e = { 0 };
		bool has = n == 0;
		int size;

		X509_set_version(x, X509_VERSION_3);
		ASN1_TIME_set(X509_getm_notBefore(x), 0);
		ASN1_TIME_set(X509_getm_notAfter(x), 1);
		X509_set_pubkey(x, key);
		for (int i = 0; i < n; i++)
			X509_add_ext(x, ext, -1);
		CHECK(X509_sign(x, key, EVP_sha256()) > 0);
		size = i2d_X509(x, &der);
		CHECK_OK(certificate_of_der(&c, span_make(der, (size_t)size), &e), e);
		if (n == 2) {
			CHECK_ERR(gce_instance_read(&g, &has, c, &e), e, ERR_FORMAT);
		} else {
			CHECK_OK(gce_instance_read(&g, &has, c, &e), e);
			CHECK(has == (n == 1) && g.production == has);
		}
		OPENSSL_free(der);
		X509_EXTENSION_free(ext);
		X509_free(x);
	}
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(oid);
	EVP_PKEY_free(key);
}

int main(void)
{
	takes();
	refuses();
	truncations();
	in_certificates();
	return test_end();
}
