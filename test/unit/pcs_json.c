/* Documents signed by an authority of our own: exactly those bytes, that signer, those dates. */
#include "trust/pcs_json.h"

#include "tdx_documents.h"
#include "trust/qe_identity.h"
#include "trust/tcb_info.h"

static struct arena *a;

static bool verify(
	struct span document, const char *member, const struct made_tdx *m, struct err *e)
{
	CLEANUP(buf_done) struct buf pem = made_signing_chain(m);
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	struct pcs_json d;

	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_TCB_SIGNING, buf_span(&pem), a, e), *e);
	return pcs_json_split(&d, document, member, e) && pcs_json_signed(&d, &c, e);
}

static struct buf honest(const struct made_tdx *m)
{
	struct made_tcb_info i = made_honest_info();
	CLEANUP(buf_done) struct buf body = made_info_body(&i);

	return made_document("tcbInfo", (const char *)body.p, m->signing_key);
}

static void signatures(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf d = honest(&m);
	CLEANUP(buf_done) struct buf other = { 0 };
	struct err e = { 0 };

	CHECK_OK(verify(buf_span(&d), "tcbInfo", &m, &e), e);
	for (size_t i = 0; i < d.n; i++) {
		d.p[i] ^= 0x21;
		CHECK(!verify(buf_span(&d), "tcbInfo", &m, &e));
		CHECK(e.kind == ERR_SIGNATURE || e.kind == ERR_FORMAT);
		d.p[i] ^= 0x21;
	}
	buf_add_cstr(&d, "\n");
	CHECK_OK(verify(buf_span(&d), "tcbInfo", &m, &e), e);
	CHECK_ERR(verify(buf_span(&d), "enclaveIdentity", &m, &e), e, ERR_FORMAT);
	m.signing_key = m.other_key;
	other = honest(&m);
	CHECK_ERR(verify(buf_span(&other), "tcbInfo", &m, &e), e, ERR_SIGNATURE);
}

/* A chain for PCK certificates signs no documents, however good it is. */
static void another_role(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf pem = made_pck_chain(&m);
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	CLEANUP(buf_done) struct buf d = { 0 };
	struct pcs_json split;
	struct err e = { 0 };

	m.signing_key = m.pck_key;
	d = honest(&m);
	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_PCK, buf_span(&pem), a, &e), e);
	CHECK_OK(pcs_json_split(&split, buf_span(&d), "tcbInfo", &e), e);
	CHECK_ERR(pcs_json_signed(&split, &c, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "TCB signing"));
}

static void splits(void)
{
	static const char *const bad[] = { "", "{}", "{\"tcbInfo\":{}}", "{ \"tcbInfo\":{},",
		"{\"tcbInfo\":{},\"signature\":\"00\"}" };
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf d = honest(&m);
	struct pcs_json split;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(pcs_json_split(&split, str_span(str_of(bad[i])), "tcbInfo", &e), e,
			ERR_FORMAT);
	for (size_t n = 0; n < d.n; n++)
		CHECK_ERR(pcs_json_split(&split, span_make(d.p, n), "tcbInfo", &e), e, ERR_FORMAT);
	buf_fill(&d, ' ', PCS_JSON_SIZE_MAX - d.n);
	CHECK_OK(pcs_json_split(&split, buf_span(&d), "tcbInfo", &e), e);
	buf_u8(&d, ' ');
	CHECK_ERR(pcs_json_split(&split, buf_span(&d), "tcbInfo", &e), e, ERR_LIMIT);
}

/* More members than two, or one twice, hide in what is split: then the body is no JSON. */
static void hidden_members(void)
{
	struct made_tdx m = made_honest();
	struct made_tcb_info i = made_honest_info();
	CLEANUP(buf_done) struct buf body = made_info_body(&i);
	CLEANUP(buf_done) struct buf two = buf_init(1 << 20);
	CLEANUP(buf_done) struct buf d = { 0 };
	struct pcs_json split;
	struct tcb_info t;
	struct err e = { 0 };

	buf_printf(&two, "%s,\"tcbInfo\":%s", (const char *)body.p, (const char *)body.p);
	buf_u8(&two, 0);
	d = made_document("tcbInfo", (const char *)two.p, m.signing_key);
	CHECK_OK(pcs_json_split(&split, buf_span(&d), "tcbInfo", &e), e);
	CHECK_ERR(tcb_info_parse(&t, split.body, a, &e), e, ERR_FORMAT);
}

static const struct {
	const char *text;
	int64_t unix_time; /* -1: none */
} times[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2000-02-29T23:59:59Z", 951868799 },
	{ "2026-03-16T22:06:09Z", 1773698769 },
	{ "2038-01-19T03:14:08Z", INT64_C(2147483648) },
	{ "2100-03-01T00:00:00Z", INT64_C(4107542400) },
	{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	/* the years around the days that only some have */
	{ "2000-12-31T00:00:00Z", 978220800 },
	{ "2001-01-01T00:00:00Z", 978307200 },
	{ "2027-12-31T23:59:59Z", 1830297599 },
	{ "2028-01-01T00:00:00Z", 1830297600 },
	{ "2028-02-29T00:00:00Z", 1835395200 },
	{ "2100-12-31T00:00:00Z", INT64_C(4133894400) },
	{ "2101-01-01T00:00:00Z", INT64_C(4133980800) },
	{ "2100-02-29T00:00:00Z", -1 },
	{ "2026/04-01T00:00:00Z", -1 },
	{ "2026-04/01T00:00:00Z", -1 },
	{ "2026-04-01T00-00:00Z", -1 },
	{ "2026-04-01T00:00-00Z", -1 },
	{ "2026-04-01T00:00:00ZZ", -1 },
	{ "2026-13-01T00:00:00Z", -1 },
	{ "2026-00-01T00:00:00Z", -1 },
	{ "2026-04-31T00:00:00Z", -1 },
	{ "2026-04-00T00:00:00Z", -1 },
	{ "2026-04-01T24:00:00Z", -1 },
	{ "2026-04-01T00:60:00Z", -1 },
	{ "2026-04-01T00:00:60Z", -1 },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "2026-04-01 00:00:00Z", -1 },
	{ "2026-04-01T00:00:00", -1 },
	{ "2026-04-01T00:00:00+", -1 },
	{ "2026-04-01T00:00:0xZ", -1 },
};

static void reads_times(void)
{
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct json v = { .kind = JSON_STRING, .text = str_of(times[i].text) };
		struct str key = STR("t");
		struct json o = { .kind = JSON_OBJECT, .keys = &key, .items = &v, .n = 1 };
		struct err e = { 0 };
		int64_t got = -1;
		bool ok = pcs_json_time(&o, "t", &got, &e);

		CHECK(ok == (times[i].unix_time >= 0) && got == times[i].unix_time);
	}
}

/* Digits of either case, each letter beside them, and sizes beside the right one. */
static void digits(void)
{
	static const struct {
		const char *text;
		bool taken;
		uint8_t first;
	} cases[] = { { "0900", true, 0x09 }, { "90aA", true, 0x90 }, { "afAF", true, 0xaf },
		{ "FA00", true, 0xfa }, { "fa00", true, 0xfa }, { "00000", false, 0 },
		{ "000", false, 0 }, { "00", false, 0 }, { "", false, 0 }, { "000000", false, 0 } };
	static const char beside[] = "/:`g@G x-";

	for (size_t i = 0; i < ARRAY_LEN(cases) + 4 * (sizeof beside - 1); i++) {
		bool named = i < ARRAY_LEN(cases);
		size_t at = i - ARRAY_LEN(cases);
		char odd[] = "0000";
		struct json v = { .kind = JSON_STRING,
			.text = str_of(named ? cases[i].text : odd) };
		struct str key = STR("x");
		struct json o = { .kind = JSON_OBJECT, .keys = &key, .items = &v, .n = 1 };
		uint8_t got[2] = { 7, 7 };
		struct err e = { 0 };
		bool want = named && cases[i].taken;

		if (!named)
			odd[at % 4] = beside[at / 4];
		CHECK(pcs_json_hex(&o, "x", got, sizeof got, &e) == want);
		CHECK(got[0] == (want ? cases[i].first : 7));
		CHECK(want || (e.kind == ERR_FORMAT && strstr(e.text, "'x' must be 4 hex digits")));
	}
}

/* As many digits as a number may have, and more; and numbers with the last byte first. */
static void numbers(void)
{
	char text[131];
	struct json v = { .kind = JSON_STRING };
	struct str key = STR("x");
	struct json o = { .kind = JSON_OBJECT, .keys = &key, .items = &v, .n = 1 };
	uint8_t out[65];
	uint64_t number = 0;
	struct err e = { 0 };

	memset(text, 'a', sizeof text);
	v.text = str_make(text, 128);
	CHECK_OK(pcs_json_hex(&o, "x", out, 64, &e), e);
	v.text = str_make(text, 130);
	CHECK_ERR(pcs_json_hex(&o, "x", out, 65, &e), e, ERR_FORMAT);
	v.text = STR("0102030405060708");
	CHECK_OK(pcs_json_u64le(&o, "x", &number, &e), e);
	CHECK(number == UINT64_C(0x0807060504030201));
	v.text = STR("01020304050607");
	CHECK_ERR(pcs_json_u64le(&o, "x", &number, &e), e, ERR_FORMAT);
	v.kind = JSON_NULL;
	CHECK_ERR(pcs_json_u64le(&o, "x", &number, &e), e, ERR_FORMAT);
	CHECK_ERR(pcs_json_time(&o, "x", &(int64_t){ 0 }, &e), e, ERR_FORMAT);
	CHECK_ERR(pcs_json_hex(&o, "y", out, 64, &e), e, ERR_FORMAT);
}

static void dates(void)
{
	const struct pcs_json_dates d = { 1000, 2000 };
	struct intel_time t = { .at_unix = 1000 };
	struct err e = { 0 };

	CHECK_OK(pcs_json_current(&d, &t, "it", &e), e);
	t.at_unix = 2000;
	CHECK_OK(pcs_json_current(&d, &t, "it", &e), e);
	t.at_unix = 2001;
	CHECK_ERR(pcs_json_current(&d, &t, "it", &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "due at 1970-01-01T00:33:20Z"));
	t.grace = 1;
	CHECK_OK(pcs_json_current(&d, &t, "it", &e), e);
	t.at_unix = 999;
	CHECK_ERR(pcs_json_current(&d, &t, "it", &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "it was issued at 1970-01-01T00:16:40Z"));
	t.leeway = 1;
	CHECK_OK(pcs_json_current(&d, &t, "it", &e), e);
	t.at_unix = 2002; /* a second of grace and one of leeway */
	CHECK_OK(pcs_json_current(&d, &t, "it", &e), e);
	t.grace = 0;
	CHECK_ERR(pcs_json_current(&d, &t, "it", &e), e, ERR_MISMATCH);
	t.at_unix = 998;
	CHECK_ERR(pcs_json_current(&d, &t, "it", &e), e, ERR_MISMATCH);
}

int main(void)
{
	a = arena_new(512 << 20);
	signatures();
	another_role();
	splits();
	hidden_members();
	reads_times();
	digits();
	numbers();
	dates();
	arena_free(a);
	return test_end();
}
