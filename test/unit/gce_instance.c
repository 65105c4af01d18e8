#include "trust/gce_instance.h"

#include "base/mem.h"
#include "codec/der.h"
#include "leaks.h"
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
		g.security_version == 7 && g.production && g.has_properties);
	m.production = 0;
	CHECK_OK(parse(&g, &b, &m, &e), e);
	CHECK(!g.production && g.has_properties);
	m.no_production = true;
	CHECK_OK(parse(&g, &b, &m, &e), e);
	CHECK(!g.production && g.has_properties && g.security_version == 7);
	m.no_properties = true;
	CHECK_OK(parse(&g, &b, &m, &e), e);
	CHECK(!g.has_properties && !g.production && !g.security_version &&
		str_is(g.zone, "test-1a"));
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

/* Texts, numbers and properties by their bytes; a tag of 0: as it should be. */
struct parts {
	const char *zone;
	uint8_t number_tag;
	struct span number, properties; /* the latter whole; none when it is empty */
};

static struct buf of_parts(const struct parts *p)
{
	static const uint8_t one[] = { 1 };
	struct buf b = buf_init(4096);

	der_put(&b, 0x0c, str_span(str_of(p->zone ? p->zone : "z")));
	der_put(&b, p->number_tag ? p->number_tag : 0x02, p->number.n ? p->number : SPAN_OF(one));
	der_put(&b, 0x0c, str_span(STR("p")));
	der_put(&b, 0x02, SPAN_OF(one));
	der_put(&b, 0x0c, str_span(STR("n")));
	buf_add(&b, p->properties.p, p->properties.n);
	der_close(&b, 0, 0x30);
	return b;
}

static bool parse_parts(struct gce_instance *g, const struct parts *p, struct err *e)
{
	CLEANUP(buf_done) struct buf b = of_parts(p);

	return gce_instance_parse(g, buf_span(&b), e);
}

/* The shortest form of 0 to 2^64 - 1, and nothing else. */
static void numbers(void)
{
	static const struct {
		uint8_t bytes[10];
		uint8_t n;
		bool good;
		uint64_t want;
	} cases[] = {
		{ { 0 }, 1, true, 0 },
		{ { 1 }, 1, true, 1 },
		{ { 0x7f }, 1, true, 127 },
		{ { 0x80 }, 1, false, 0 },
		{ { 0xff }, 1, false, 0 },
		{ { 0, 0x7f }, 2, false, 0 },
		{ { 0, 0x80 }, 2, true, 128 },
		{ { 0, 0xff }, 2, true, 255 },
		{ { 0, 0 }, 2, false, 0 },
		{ { 1, 0 }, 2, true, 256 },
		{ { 1, 0x7f }, 2, true, 0x17f },
		{ { 0, 0x80, 0 }, 3, true, 0x8000 },
		{ { 0, 1, 0x80 }, 3, false, 0 },
		{ { 0x7f, 255, 255, 255, 255, 255, 255, 255 }, 8, true, INT64_MAX },
		{ { 0x80, 0, 0, 0, 0, 0, 0, 0 }, 8, false, 0 },
		{ { 0, 0x80, 0, 0, 0, 0, 0, 0, 0 }, 9, true, UINT64_C(1) << 63 },
		{ { 0, 255, 255, 255, 255, 255, 255, 255, 255 }, 9, true, UINT64_MAX },
		{ { 0, 0x7f, 255, 255, 255, 255, 255, 255, 255 }, 9, false, 0 },
		{ { 1, 0x80, 0, 0, 0, 0, 0, 0, 0 }, 9, false, 0 },
		{ { 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0 }, 10, false, 0 },
	};
	struct gce_instance g;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct parts p = { .number = span_make(cases[i].bytes, cases[i].n) };

		if (cases[i].good) {
			CHECK_OK(parse_parts(&g, &p, &e), e);
			CHECK(g.project_number == cases[i].want && g.id == 1);
			continue;
		}
		CHECK_ERR(parse_parts(&g, &p, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, "the project's number is no number of 64 bits"));
	}
	CHECK_ERR(parse_parts(&g, &(struct parts){ .number_tag = 0x0a }, &e), e, ERR_FORMAT);
}

/* 1 to 256 characters that can be seen. */
static void texts(void)
{
	char text[258];
	struct parts p = { .zone = text };
	struct gce_instance g;
	struct err e;

	for (int c = 1; c < 256; c++) {
		text[0] = (char)c;
		text[1] = 0;
		if (c > ' ' && c <= '~') {
			CHECK_OK(parse_parts(&g, &p, &e), e);
			CHECK(g.zone.n == 1);
		} else {
			CHECK_ERR(parse_parts(&g, &p, &e), e, ERR_FORMAT);
			CHECK(strstr(e.text, "the zone has characters that none has"));
		}
	}
	memset(text, 'z', 257);
	text[256] = 0;
	CHECK_OK(parse_parts(&g, &p, &e), e);
	CHECK(g.zone.n == 256);
	text[256] = 'z';
	text[257] = 0;
	CHECK_ERR(parse_parts(&g, &p, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "the zone is no text of 1 to 256 characters"));
	text[255] = ' '; /* also the last but one of those is looked at */
	text[256] = 0;
	CHECK_ERR(parse_parts(&g, &p, &e), e, ERR_FORMAT);
}

/* Properties by their bytes: the outer tag [0], the sequence, what stands in it. */
static const struct {
	uint8_t bytes[16];
	uint8_t n;
	const char *says; /* NULL: taken */
	bool production;
	uint64_t version;
} wrapped[] = {
	{ { 0xa0, 2, 0x30, 0 }, 4, NULL, false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa0, 3, 2, 1, 9 }, 9, NULL, false, 9 },
	{ { 0xa0, 7, 0x30, 5, 0xa1, 3, 1, 1, 0xff }, 9, NULL, true, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa1, 3, 1, 1, 0 }, 9, NULL, false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa2, 3, 1, 1, 0xff }, 9, NULL, false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa5, 3, 1, 1, 0xff }, 9, NULL, false, 0 },
	{ { 0xa0, 12, 0x30, 10, 0xa0, 3, 2, 1, 9, 0xa1, 3, 1, 1, 0xff }, 14, NULL, true, 9 },
	/* Twice, backwards, from elsewhere. */
	{ { 0xa0, 12, 0x30, 10, 0xa0, 3, 2, 1, 9, 0xa0, 3, 2, 1, 9 }, 14, "out of order", false,
		0 },
	{ { 0xa0, 12, 0x30, 10, 0xa2, 3, 1, 1, 0, 0xa2, 3, 1, 1, 0 }, 14, "out of order", false,
		0 },
	{ { 0xa0, 12, 0x30, 10, 0xa1, 3, 1, 1, 0, 0xa0, 3, 2, 1, 9 }, 14, "out of order", false,
		0 },
	{ { 0xa0, 7, 0x30, 5, 0xa6, 3, 1, 1, 0xff }, 9, "not known", false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0x9e, 3, 1, 1, 0xff }, 9, "not known", false, 0 },
	{ { 0xa0, 5, 0x30, 3, 0x04, 1, 1 }, 7, "not known", false, 0 },
	/* Values that are none. */
	{ { 0xa0, 7, 0x30, 5, 0xa1, 3, 2, 1, 0xff }, 9, "no truth value", false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa1, 3, 2, 1, 0 }, 9, "no truth value", false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa1, 3, 1, 1, 1 }, 9, "no truth value", false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa1, 3, 1, 1, 0xfe }, 9, "no truth value", false, 0 },
	{ { 0xa0, 6, 0x30, 4, 0xa1, 2, 1, 0 }, 8, "no truth value", false, 0 },
	{ { 0xa0, 8, 0x30, 6, 0xa1, 4, 1, 2, 0, 0 }, 10, "no truth value", false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa0, 3, 1, 1, 0xff }, 9, "the security version", false, 0 },
	{ { 0xa0, 7, 0x30, 5, 0xa0, 3, 2, 1, 0x80 }, 9, "the security version", false, 0 },
	/* More than there should be: in a property, in the sequence's wrapping, behind all. */
	{ { 0xa0, 9, 0x30, 7, 0xa1, 5, 1, 1, 0xff, 5, 0 }, 11, "", false, 0 },
	{ { 0xa0, 9, 0x30, 7, 0xa0, 5, 2, 1, 9, 5, 0 }, 11, "", false, 0 },
	{ { 0xa0, 4, 0x30, 0, 5, 0 }, 6, "", false, 0 },
	{ { 0xa0, 2, 0x30, 0, 5, 0 }, 6, "", false, 0 },
	{ { 0xa1, 2, 0x30, 0 }, 4, "", false, 0 },
	{ { 0xa0, 2, 0x31, 0 }, 4, "", false, 0 },
	/* Less: a property and its value that end too early. */
	{ { 0xa0, 4, 0x30, 2, 0xa1, 3 }, 6, "", false, 0 },
	{ { 0xa0, 6, 0x30, 4, 0xa1, 2, 1, 1 }, 8, "", false, 0 },
	{ { 0xa0, 4, 0x30, 2, 0xa1, 0 }, 6, "", false, 0 },
};

static void properties(void)
{
	for (size_t i = 0; i < ARRAY_LEN(wrapped); i++) {
		const struct parts p = { .properties = span_make(wrapped[i].bytes, wrapped[i].n) };
		struct gce_instance g = { .id = 77 };
		struct err e = { 0 };

		if (!wrapped[i].says) {
			CHECK_OK(parse_parts(&g, &p, &e), e);
			CHECK(g.production == wrapped[i].production &&
				g.security_version == wrapped[i].version);
			continue;
		}
		CHECK_ERR(parse_parts(&g, &p, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, wrapped[i].says) &&
			strstr(e.text, "GCE's instance extension"));
		CHECK(g.id == 77);
	}
}

/* Whatever stands before and between, the extension is found, and found twice. */
static void among_others(void)
{
	static const struct {
		const char *order; /* g: Google's, b: Google's with other bytes, x: another */
		enum err_kind kind;
	} cases[] = { { "x", ERR_NONE }, { "gx", ERR_NONE }, { "xg", ERR_NONE },
		{ "xxg", ERR_NONE }, { "gg", ERR_FORMAT }, { "xgg", ERR_FORMAT },
		{ "gxxg", ERR_FORMAT }, { "xgxg", ERR_FORMAT }, { "b", ERR_FORMAT },
		{ "xb", ERR_FORMAT } };
	EVP_PKEY *key = made_ecc("P-256");
	struct made_gce m = honest();
	CLEANUP(buf_done) struct buf value = made(&m);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(certificate_freep) struct certificate *c = NULL;
		struct gce_instance g = { .id = 77 };
		unsigned char *der = NULL;
		X509 *x = X509_new();
		struct err e = { 0 };
		bool has = false, ok;
		int size;

		X509_set_version(x, X509_VERSION_3);
		ASN1_TIME_set(X509_getm_notBefore(x), 0);
		ASN1_TIME_set(X509_getm_notAfter(x), 1);
		X509_set_pubkey(x, key);
		for (const char *o = cases[i].order; *o; o++) {
			ASN1_OBJECT *oid = OBJ_txt2obj(
				*o == 'x' ? "1.3.6.1.4.1.11129.2.1.22" : "1.3.6.1.4.1.11129.2.1.21",
				1);
			ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
			X509_EXTENSION *ext;

			ASN1_OCTET_STRING_set(octets, value.p, (int)value.n - (*o == 'b'));
			ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, octets);
			X509_add_ext(x, ext, -1);
			X509_EXTENSION_free(ext);
			ASN1_OCTET_STRING_free(octets);
			ASN1_OBJECT_free(oid);
		}
		CHECK(X509_sign(x, key, EVP_sha256()) > 0);
		size = i2d_X509(x, &der);
		CHECK_OK(certificate_of_der(&c, span_make(der, (size_t)size), &e), e);
		mem_guard_begin();
		ok = gce_instance_read(&g, &has, c, &e);
		CHECK(mem_guard_end());
		CHECK(ok == !cases[i].kind && e.kind == cases[i].kind);
		CHECK(has == (ok && strchr(cases[i].order, 'g')));
		CHECK((g.id == 77) == !has);
		CHECK(ok || strchr(cases[i].order, 'b') || strstr(e.text, "stands twice"));
		OPENSSL_free(der);
		X509_free(x);
	}
	EVP_PKEY_free(key);
}

int main(void)
{
	leaks_count();
	takes();
	refuses();
	truncations();
	numbers();
	texts();
	properties();
	among_others();
	CHECK(leaks_none(in_certificates));
	in_certificates();
	return test_end();
}
