/* The SGX extension as an authority of our own writes it, each member missing, twice, of another kind, and each byte flipped. */
#include "trust/pck_extension.h"

#include "tdx_authority.h"

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

	CHECK_ERR(read_with(&x, &b, 2, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "stands twice"));
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

int main(void)
{
	reads();
	missing();
	twice();
	longer_member();
	kinds();
	return test_end();
}
