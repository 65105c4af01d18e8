/* The SGX extension as an authority of our own writes it, each member missing, twice, of another kind, and each byte flipped. */
#include "trust/pck_extension.h"

#include "tdx_authority.h"

static bool sgx_first; /* it, or one of two, is the certificate's first extension */

static void put_first(X509 *x)
{
	ASN1_OBJECT *oid = OBJ_txt2obj("1.2.840.113741.1.13.1", 1);
	X509_EXTENSION *ext = X509_delete_ext(x, X509_get_ext_by_OBJ(x, oid, -1));

	CHECK(X509_add_ext(x, ext, 0) == 1 && X509_get_ext_by_OBJ(x, oid, -1) == 0);
	X509_EXTENSION_free(ext);
	ASN1_OBJECT_free(oid);
}

static bool read_with(
	struct pck_extension *ret, const struct buf *sgx, unsigned times, struct err *e)
{
	struct made_tdx m = made_honest();
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	uint8_t *der = NULL;
	X509 *x;
	int n;

	m.pck.sgx = sgx;
	m.pck.sgx_times = times;
	x = made_x509(&m.pck);
	if (times && sgx_first)
		put_first(x);
	n = i2d_X509(x, &der);
	CHECK_OK(certificate_of_der(&c, span_make(der, (size_t)n), e), *e);
	OPENSSL_free(der);
	X509_free(x);
	return c && pck_extension_read(ret, c, e);
}

static void reads(void)
{
	struct made_tdx m = made_honest();
	struct pck_extension x = { 0 };
	struct err e = { 0 };
	CLEANUP(buf_done) struct buf b = { 0 };

	m.platform.pce_svn = 65535;
	m.platform.components[15] = 255;
	m.platform.smt = true;
	b = made_sgx(&m.platform, 0);
	CHECK_OK(read_with(&x, &b, 1, &e), e);
	CHECK(!memcmp(x.components, m.platform.components, 16) && x.pce_svn == 65535);
	CHECK(!memcmp(x.ppid, m.platform.ppid, 16) && !memcmp(x.cpu_svn, m.platform.cpu_svn, 16));
	CHECK(!memcmp(x.fmspc, m.platform.fmspc, 6) && !memcmp(x.pce_id, m.platform.pce_id, 2));
	CHECK(x.sgx_type == 1 && x.has_instance && x.platform_instance_id[15] == 0x73);
	CHECK(x.has_configuration && x.has_dynamic_platform && !x.dynamic_platform);
	CHECK(x.has_cached_keys && x.cached_keys && x.has_smt && x.smt);
}

static const struct {
	int member;
	const char *name; /* NULL: may be missing */
} members[] = {
	{ 1, "PPID" },
	{ 2, "TCB" },
	{ 3, "PCE-ID" },
	{ 4, "FMSPC" },
	{ 5, "SGX type" },
	{ 6, NULL },
	{ 7, NULL },
	{ 101, "TCB component 1 SVN" },
	{ 108, "TCB component 8 SVN" },
	{ 116, "TCB component 16 SVN" },
	{ 117, "PCESVN" },
	{ 118, "CPUSVN" },
};

static void missing(void)
{
	struct made_tdx m = made_honest();
	struct pck_extension x = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		CLEANUP(buf_done) struct buf b = made_sgx(&m.platform, members[i].member);

		if (!members[i].name) {
			CHECK_OK(read_with(&x, &b, 1, &e), e);
			CHECK(members[i].member == 6 ? !x.has_instance : !x.has_configuration);
			continue;
		}
		CHECK_ERR(read_with(&x, &b, 1, &e), e, ERR_NOTFOUND);
		CHECK(strstr(e.text, members[i].name) && strstr(e.text, "missing"));
	}
	CHECK_ERR(read_with(&x, NULL, 0, &e), e, ERR_NOTFOUND);
}

/* One member more behind those that are there. */
static void one_more(uint8_t group, uint8_t arc, uint8_t tag, size_t n, const char *reason)
{
	static const uint8_t zeroes[16];
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf b = made_sgx(&m.platform, 0);
	CLEANUP(buf_done) struct buf more = buf_init(5000);
	struct rd r = rd_of(buf_span(&b)), inner = { 0 };
	struct pck_extension x = { 0 };
	struct err e = { 0 };

	CHECK_OK(der_enter(&inner, &r, DER_SEQUENCE, "made", &e), e);
	buf_add(&more, inner.p, inner.n);
	made_member(&more, group, arc, tag, zeroes, n);
	der_close(&more, 0, DER_SEQUENCE);
	CHECK_ERR(read_with(&x, &more, 1, &e), e, ERR_FORMAT);
	if (!strstr(e.text, reason))
		fprintf(stderr, "%u.%u: %s\n", group, arc, e.text);
	CHECK(strstr(e.text, reason));
}

static void twice(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf b = made_sgx(&m.platform, 0);
	struct pck_extension x = { 0 };
	struct err e = { 0 };

	for (int first = 0; first < 2; first++) {
		sgx_first = first;
		CHECK_OK(read_with(&x, &b, 1, &e), e);
		CHECK_ERR(read_with(&x, &b, 2, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, "stands twice"));
	}
	sgx_first = false;
	one_more(0, 4, DER_OCTET_STRING, 6, "FMSPC stands twice");
	one_more(0, 1, DER_OCTET_STRING, 16, "PPID stands twice");
	one_more(0, 8, DER_OCTET_STRING, 6, "not known");
	one_more(2, 1, DER_INTEGER, 1, "not known"); /* a member of the TCB outside it */
}

/* A third value in a member. */
static void longer_member(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf b = made_sgx(&m.platform, 5);
	CLEANUP(buf_done) struct buf more = buf_init(5000);
	struct rd r = rd_of(buf_span(&b)), inner = { 0 };
	struct pck_extension x = { 0 };
	struct err e = { 0 };
	size_t start;

	CHECK_OK(der_enter(&inner, &r, DER_SEQUENCE, "made", &e), e);
	buf_add(&more, inner.p, inner.n);
	start = more.n;
	buf_add(&more, "\x06\x0a", 2);
	buf_add(&more, made_arcs, sizeof made_arcs);
	buf_add(&more, "\x05\x0a\x01\x01\x05\x00", 6);
	der_close(&more, start, DER_SEQUENCE);
	der_close(&more, 0, DER_SEQUENCE);
	CHECK_ERR(read_with(&x, &more, 1, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "behind its end"));
}

/* Nothing but what the specification has: another type or size at a member's place. */
static void kinds(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf good = made_sgx(&m.platform, 0);
	struct pck_extension x = { 0 }, honest = { 0 };
	struct err e = { 0 };
	size_t accepted = 0;

	CHECK_OK(read_with(&honest, &good, 1, &e), e);
	for (size_t i = 0; i < good.n; i++) {
		good.p[i] ^= 0x40;
		if (read_with(&x, &good, 1, &e)) {
			accepted++; /* then it is another value, which the certificate's signature covers */
			CHECK(memcmp(&x, &honest, sizeof x) != 0);
		}
		good.p[i] ^= 0x40;
	}
	/* The bytes of PPID, CPUSVN, PCE-ID, FMSPC, instance and of 17 numbers at most. */
	CHECK(accepted <= 16 + 16 + 2 + 6 + 16 + 18);
	for (size_t n = 0; n < good.n; n++) {
		struct buf cut = { good.p, n, n, n, false };

		CHECK(!read_with(&x, &cut, 1, &e));
	}
}

/* ---- one value in place of an honest one ---- */

struct odd {
	uint8_t group, arc, tag;
	const char *value;
	size_t n;
	const char *reason; /* NULL: taken */
};
#define VALUE(text) text, sizeof text - 1

/* Members 1 to `last` of a group, each with this value; the odd one, which may be one more, with its own. */
static void put_group(
	struct buf *out, uint8_t group, uint8_t last, uint8_t tag, size_t n, const struct odd *odd)
{
	static const uint8_t ones[16] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	bool met = false;

	for (uint8_t arc = 1; arc <= last; arc++) {
		bool here = odd->group == group && odd->arc == arc;

		met |= here;
		if (here)
			made_member(out, group, arc, odd->tag, odd->value, odd->n);
		else
			made_member(out, group, arc, tag, tag == 0x01 ? "\xff" : (const char *)ones,
				arc == 18 ? 16 : n);
	}
	if (odd->group == group && !met)
		made_member(out, group, odd->arc, odd->tag, odd->value, odd->n);
}

static struct buf put_all(const struct odd *odd)
{
	static const struct {
		uint8_t tag;
		size_t n;
	} plain[] = { { 0x04, 16 }, { 0x30, 0 }, { 0x04, 2 }, { 0x04, 6 }, { 0x0a, 1 },
		{ 0x04, 16 }, { 0x30, 0 } };
	static const uint8_t zeroes[16];
	CLEANUP(buf_done) struct buf tcb = buf_init(5000), configuration = buf_init(5000);
	struct buf out = buf_init(9000);

	put_group(&tcb, 2, 17, 0x02, 1, odd);
	if (odd->group != 2 || odd->arc != 18)
		made_member(&tcb, 2, 18, 0x04, zeroes, 16);
	put_group(&configuration, 7, 3, 0x01, 1, odd);
	for (uint8_t arc = 1; arc <= ARRAY_LEN(plain); arc++) {
		const struct buf *group = arc == 2 ? &tcb : arc == 7 ? &configuration : NULL;

		if (odd->group == 0 && odd->arc == arc)
			made_member(&out, 0, arc, odd->tag, odd->value, odd->n);
		else if (group)
			made_group(&out, arc, group);
		else
			made_member(&out, 0, arc, plain[arc - 1].tag, zeroes, plain[arc - 1].n);
	}
	if (odd->group == 0 && (!odd->arc || odd->arc > ARRAY_LEN(plain)))
		made_member(&out, 0, odd->arc, odd->tag, odd->value, odd->n);
	der_close(&out, 0, DER_SEQUENCE);
	return out;
}

static const struct odd odds[] = {
	{ 2, 1, 0x02, VALUE("\x00\xff"), NULL },
	{ 2, 1, 0x02, VALUE("\x00\x80"), NULL },
	{ 2, 1, 0x02, VALUE("\x7f"), NULL },
	{ 2, 1, 0x02, VALUE("\x00"), NULL },
	{ 2, 1, 0x02, VALUE("\x01\x00"), "TCB component 1 SVN is no number of 0 to 255" },
	{ 2, 16, 0x02, VALUE("\x01\x00"), "TCB component 16 SVN is no number of 0 to 255" },
	{ 2, 17, 0x02, VALUE("\x01\x00"), NULL },
	{ 2, 17, 0x02, VALUE("\x00\xff\xff"), NULL },
	{ 2, 17, 0x02, VALUE("\x01\x00\x00"), "PCESVN is no number of 0 to 65535" },
	{ 2, 17, 0x02, VALUE("\x00\x00\x01\x00"), "PCESVN is no number" },
	{ 2, 17, 0x02, VALUE("\x01\x00\x00\x00\x01"), "PCESVN is no number" }, /* 1, of 32 bits */
	{ 2, 17, 0x02, VALUE(""), "PCESVN is no number" },
	{ 2, 17, 0x0a, VALUE("\x01"), "PCESVN is no number" },
	{ 2, 1, 0x02, VALUE("\x80"), "is no number" },
	{ 2, 1, 0x02, VALUE("\x00\x01"), "is no number" },
	{ 2, 1, 0x02, VALUE("\x00\x7f"), "is no number" },
	{ 2, 1, 0x02, VALUE("\x00\x00"), "is no number" },
	{ 2, 18, 0x04, VALUE("123456789012345"), "CPUSVN is no octet string of 16 bytes" },
	{ 2, 18, 0x04, VALUE("12345678901234567"), "CPUSVN is no octet string of 16 bytes" },
	{ 2, 18, 0x02, VALUE("1234567890123456"), "CPUSVN is no octet string" },
	{ 2, 0, 0x02, VALUE("\x01"), "not known" },
	{ 2, 19, 0x02, VALUE("\x01"), "not known" },
	{ 7, 1, 0x01, VALUE("\x00"), NULL },
	{ 7, 1, 0x01, VALUE("\x01"), "no truth value" },
	{ 7, 2, 0x01, VALUE("\xfe"), "no truth value" },
	{ 7, 2, 0x01, VALUE(""), "no truth value" },
	{ 7, 3, 0x01, VALUE("\xff\xff"), "no truth value" },
	{ 7, 3, 0x02, VALUE("\xff"), "no truth value" },
	{ 7, 0, 0x01, VALUE("\xff"), "not known" },
	{ 7, 4, 0x01, VALUE("\xff"), "not known" },
	{ 0, 0, 0x04, VALUE("\x01"), "not known" },
	{ 0, 8, 0x04, VALUE("\x01"), "not known" },
	{ 0, 1, 0x04, VALUE("123456789012345"), "PPID is no octet string of 16 bytes" },
	{ 0, 1, 0x02, VALUE("1234567890123456"), "PPID is no octet string" },
	{ 0, 2, 0x31, VALUE(""), "TCB is no sequence" },
	{ 0, 2, 0x30, VALUE(""), "TCB component 1 SVN is missing" },
	{ 0, 3, 0x04, VALUE("123"), "PCE-ID is no octet string of 2 bytes" },
	{ 0, 3, 0x02, VALUE("12"), "PCE-ID is no octet string" },
	{ 0, 4, 0x04, VALUE("12345"), "FMSPC is no octet string of 6 bytes" },
	{ 0, 4, 0x02, VALUE("123456"), "FMSPC is no octet string" },
	{ 0, 5, 0x0a, VALUE("\x02"), NULL },
	{ 0, 5, 0x0a, VALUE("\x03"), "SGX type is no number of 0 to 2" },
	{ 0, 5, 0x02, VALUE("\x01"), "SGX type is no number" },
	{ 0, 6, 0x04, VALUE("1234567890123456"), NULL },
	{ 0, 6, 0x04, VALUE("123456789012345"), "platform instance id is no octet string of 16" },
	{ 0, 7, 0x30, VALUE(""), NULL },
	{ 0, 7, 0x31, VALUE(""), "configuration is no sequence" },
};

static void one_odd(void)
{
	for (size_t i = 0; i < ARRAY_LEN(odds); i++) {
		CLEANUP(buf_done) struct buf b = put_all(&odds[i]);
		struct pck_extension x = { .pce_svn = 77 };
		struct err e = { 0 };
		bool ok = read_with(&x, &b, 1, &e);

		CHECK(ok == !odds[i].reason && (ok || (e.kind != ERR_NONE && x.pce_svn == 77)));
		if (!ok && odds[i].reason)
			test_report(
				strstr(e.text, odds[i].reason) != NULL, __FILE__, __LINE__, e.text);
		else if (ok != !odds[i].reason)
			fprintf(stderr, "%u.%u: %s\n", odds[i].group, odds[i].arc, e.text);
	}
}

/* A member is what its own value says, and absent where it does not stand. */
static void configuration(void)
{
	struct pck_extension x = { 0 };
	struct err e = { 0 };

	for (uint8_t arc = 1; arc <= 3; arc++) {
		const struct odd no = { 7, arc, 0x01, VALUE("\0"), NULL };
		CLEANUP(buf_done) struct buf b = put_all(&no);

		CHECK_OK(read_with(&x, &b, 1, &e), e);
		CHECK(x.dynamic_platform == (arc != 1) && x.cached_keys == (arc != 2) &&
			x.smt == (arc != 3));
	}
	for (uint8_t arc = 0; arc <= 3; arc++) {
		CLEANUP(buf_done) struct buf only = buf_init(200);
		struct odd group = { 0, 7, 0x30, NULL, 0, NULL };
		CLEANUP(buf_done) struct buf b = { 0 };

		if (arc)
			made_member(&only, 7, arc, 0x01, "\xff", 1);
		group.value = (const char *)only.p;
		group.n = only.n;
		b = put_all(&group);
		CHECK_OK(read_with(&x, &b, 1, &e), e);
		CHECK(x.has_configuration && x.has_dynamic_platform == (arc == 1) &&
			x.has_cached_keys == (arc == 2) && x.has_smt == (arc == 3));
		CHECK(x.dynamic_platform == (arc == 1) && x.cached_keys == (arc == 2) &&
			x.smt == (arc == 3));
	}
}

/* A member of a group twice. */
static void twice_in_group(void)
{
	static const struct odd none = { 9, 0, 0, NULL, 0, NULL };
	static const struct {
		uint8_t group, arc, tag;
		const char *reason;
	} cases[] = { { 2, 1, 0x02, "TCB component 1 SVN stands twice" },
		{ 2, 16, 0x02, "TCB component 16 SVN stands twice" },
		{ 2, 17, 0x02, "PCESVN stands twice" },
		{ 7, 1, 0x01, "a configuration member stands twice" },
		{ 7, 3, 0x01, "a configuration member stands twice" } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf inner = buf_init(5000), b = { 0 };
		struct odd group = { 0, cases[i].group, 0x30, NULL, 0, NULL };
		struct pck_extension x = { 0 };
		struct err e = { 0 };

		put_group(&inner, cases[i].group, cases[i].group == 2 ? 17 : 3, cases[i].tag, 1,
			&none);
		made_member(&inner, cases[i].group, cases[i].arc, cases[i].tag, "\0", 1);
		group.value = (const char *)inner.p;
		group.n = inner.n;
		b = put_all(&group);
		CHECK_ERR(read_with(&x, &b, 1, &e), e, ERR_FORMAT);
		test_report(strstr(e.text, cases[i].reason) != NULL, __FILE__, __LINE__, e.text);
	}
}

int main(void)
{
	reads();
	one_odd();
	configuration();
	twice_in_group();
	missing();
	twice();
	longer_member();
	kinds();
	return test_end();
}
