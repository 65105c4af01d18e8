/* TCB info: each member missing or of another kind, whose it is, and which TDX module it knows. */
#include "trust/tcb_info.h"

#include "arena_steps.h"
#include "tdx_documents.h"

static struct arena *a;

static bool parse(struct tcb_info *t, const struct made_tcb_info *i, struct err *e)
{
	CLEANUP(buf_done) struct buf b = made_info_body(i);

	return tcb_info_parse(t, span_make(b.p, b.n - 1), a, e);
}

static void reads(void)
{
	struct made_tcb_info i = made_honest_info();
	struct tcb_info t = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&t, &i, &e), e);
	CHECK(str_is(t.id, "TDX") && t.version == 3 && t.evaluation_number == 18 && !t.tcb_type);
	CHECK(t.dates.issued == 1773698769 && t.dates.next_update == 1776290769);
	CHECK(t.fmspc[0] == 0x90 && t.fmspc[1] == 0xc0 && t.fmspc[2] == 0x6f && !t.fmspc[5]);
	CHECK(t.has_module && t.module.attributes_mask == UINT64_MAX && !t.module.n_levels);
	CHECK(t.n_modules == 1 && str_is(t.modules[0].id, "TDX_01") && t.modules[0].n_levels == 2);
	CHECK(t.modules[0].levels[1].isv_svn == 4);
	CHECK(t.n_levels == 3 && t.levels[0].sgx[0].svn == 3 && t.levels[0].sgx[7].svn == 5);
	CHECK(str_is(t.levels[0].sgx[7].type, "SEAMLDR ACM") && t.levels[0].pce_svn == 13);
	CHECK(t.levels[0].tdx[0].svn == 5 && t.levels[0].tdx[2].svn == 3);
	CHECK(t.levels[1].verdict.status == TCB_STATUS_OUT_OF_DATE);
	CHECK(t.levels[1].verdict.n_advisories == 2 && t.levels[0].verdict.n_advisories == 0);
	CHECK_OK(tcb_info_is_tdx(&t, &e), e);
}

/* The body with one piece of its text in place of another. */
static void replaced(const char *piece, const char *by, enum err_kind kind, const char *reason)
{
	struct made_tcb_info i = made_honest_info();
	CLEANUP(buf_done) struct buf body = made_info_body(&i);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	const char *text = (const char *)body.p, *at = strstr(text, piece);
	struct tcb_info t;
	struct err e = { 0 };

	CHECK(at);
	buf_add(&b, text, (size_t)(at - text));
	buf_add_cstr(&b, by);
	buf_add_cstr(&b, at + strlen(piece));
	CHECK_ERR(tcb_info_parse(&t, buf_span(&b), a, &e), e, kind);
	if (!strstr(e.text, reason))
		fprintf(stderr, "%s: %s\n", piece, e.text);
	CHECK(strstr(e.text, reason));
}

static void refuses(void)
{
	static const char *const members[] = { "id", "version", "issueDate", "nextUpdate", "fmspc",
		"pceId", "tcbType", "tcbEvaluationDataNumber", "mrsigner", "attributes",
		"attributesMask", "isvsvn", "tcbDate", "tcbStatus", "tcb", "sgxtcbcomponents",
		"tdxtcbcomponents", "pcesvn", "svn" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		char piece[60], by[60];

		snprintf(piece, sizeof piece, "\"%s\":", members[i]);
		snprintf(by, sizeof by, "\"x%s\":", members[i]);
		replaced(piece, by, ERR_FORMAT, members[i]);
	}
	replaced("\"fmspc\":\"90", "\"fmspc\":\"9", ERR_FORMAT, "12 hex digits");
	replaced("\"fmspc\":\"90", "\"fmspc\":\"9g", ERR_FORMAT, "12 hex digits");
	replaced("UpToDate", "Fine", ERR_FORMAT, "tcbStatus 'Fine' is not known");
	replaced("\"pcesvn\":13", "\"pcesvn\":65536", ERR_FORMAT, "pcesvn");
	replaced("\"pcesvn\":13", "\"pcesvn\":-1", ERR_FORMAT, "pcesvn");
	replaced("\"pcesvn\":13", "\"pcesvn\":13,\"pcesvn\":13", ERR_FORMAT, "stands twice");
	replaced("{\"svn\":3},", "", ERR_FORMAT, "15 components");
	replaced("[\"INTEL-SA-01036\"", "[1", ERR_FORMAT, "advisory is no string");
	replaced("\"0000000000000000\",\"attributesMask\":\"FFFF",
		"\"0100000000000000\",\"attributesMask\":\"00FF", ERR_FORMAT, "mask");
}

static void limits(void)
{
	struct made_tcb_info i = made_honest_info();
	CLEANUP(buf_done) struct buf b = made_info_body(&i);
	struct arena *small = arena_new(2000);
	struct tcb_info t = { 0 };
	struct err e = { 0 };

	i.n_levels = 0;
	CHECK_ERR(parse(&t, &i, &e), e, ERR_LIMIT);
	i = made_honest_info();
	i.n_modules = 0;
	CHECK_ERR(parse(&t, &i, &e), e, ERR_LIMIT);
	CHECK_ERR(tcb_info_parse(&t, span_make(b.p, b.n - 1), small, &e), e, ERR_LIMIT);
	arena_free(small);
	for (size_t n = 0; n < b.n - 1; n += 3)
		CHECK_ERR(tcb_info_parse(&t, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	buf_fill(&b, ' ', PCS_JSON_SIZE_MAX);
	CHECK_ERR(tcb_info_parse(&t, buf_span(&b), a, &e), e, ERR_LIMIT);
}

static bool step(struct arena *little, const void *of, struct err *e)
{
	const struct buf *b = of;
	struct tcb_info t = { .n_levels = 77 };
	bool ok = tcb_info_parse(&t, span_make(b->p, b->n - 1), little, e);

	CHECK(t.n_levels == (ok ? 3 : 77));
	return ok;
}

/* Where memory ends, and as many bytes as may be. */
static void memory(void)
{
	struct made_tcb_info i = made_honest_info();
	CLEANUP(buf_done)
	struct buf b = made_info_body(&i), spaces = buf_init(PCS_JSON_SIZE_MAX + 1);
	struct tcb_info t;
	struct err e = { 0 };

	arena_steps(step, &b);
	buf_fill(&spaces, ' ', PCS_JSON_SIZE_MAX);
	CHECK_ERR(tcb_info_parse(&t, buf_span(&spaces), a, &e), e, ERR_FORMAT);
	buf_u8(&spaces, ' ');
	CHECK_ERR(tcb_info_parse(&t, buf_span(&spaces), a, &e), e, ERR_LIMIT);
}

/* More members of a list than its limit, and as many; of things that are none, so that the limit speaks first. */
static void many(void)
{
	static const struct {
		const char *list;
		size_t max;
		const char *rest, *says;
	} cases[] = { { "\"tcbLevels\":[{\"tcb\":{\"sgx", TCB_INFO_LEVELS_MAX, "",
			      "elements, want 1 to" },
		{ "\"tcbLevels\":[{\"tcb\":{\"isvsvn", TCB_INFO_LEVELS_MAX, "]}",
			"elements, want 1 to" },
		{ "\"tdxModuleIdentities\":[", TCB_INFO_MODULES_MAX, "", "elements, want 1 to" },
		{ "\"advisoryIDs\":[", TCB_ADVISORIES_MAX, "]}", "advisories, limit" } };
	struct made_tcb_info info = made_honest_info();
	CLEANUP(buf_done) struct buf body = made_info_body(&info);

	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		size_t n = cases[i / 2].max + i % 2;
		const char *text = (const char *)body.p, *at = strstr(text, cases[i / 2].list);
		CLEANUP(buf_done) struct buf b = buf_init(PCS_JSON_SIZE_MAX);
		struct tcb_info t;
		struct err e = { 0 };

		CHECK(at);
		if (!at)
			continue;
		at = strchr(at, '[') + 1;
		buf_add(&b, text, (size_t)(at - text));
		for (size_t k = 1; k < n; k++)
			buf_add_cstr(&b, "{},");
		buf_add_cstr(&b, "{}]}");
		buf_add_cstr(&b, cases[i / 2].rest);
		buf_u8(&b, 0);
		CHECK_ERR(tcb_info_parse(&t, span_make(b.p, b.n - 1), a, &e), e,
			i % 2 ? ERR_LIMIT : ERR_FORMAT);
		if (i % 2)
			test_report(strstr(e.text, cases[i / 2].says) != NULL, __FILE__, __LINE__,
				e.text);
	}
}

/* The identity of a module once more, under another id or its own. */
static void two_modules(void)
{
	struct made_tcb_info i = made_honest_info();
	CLEANUP(buf_done) struct buf body = made_info_body(&i);
	const char *text = (const char *)body.p,
		   *from = strstr(text, "\"tdxModuleIdentities\":[") + 23, *to = from;
	int depth = 0;

	do
		depth += (*to == '{') - (*to == '}');
	while (*to++ && depth);
	for (int same = 0; same < 2; same++) {
		CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
		struct tcb_info t = { 0 };
		struct err e = { 0 };
		char *id;

		buf_add(&b, text, (size_t)(to - text));
		buf_u8(&b, ',');
		buf_add(&b, from, (size_t)(to - from));
		id = memmem(b.p + (to - text), (size_t)(to - from), "TDX_01", 6);
		CHECK(id);
		if (id && !same)
			id[5] = '3';
		buf_add_cstr(&b, to);
		if (same) {
			CHECK_ERR(tcb_info_parse(&t, buf_span(&b), a, &e), e, ERR_FORMAT);
			CHECK(strstr(e.text, "TDX module identity 'TDX_01' stands twice"));
			continue;
		}
		CHECK_OK(tcb_info_parse(&t, buf_span(&b), a, &e), e);
		CHECK(t.n_modules == 2 && str_is(t.modules[1].id, "TDX_03"));
	}
}

static void whose(void)
{
	struct made_tdx m = made_honest();
	struct made_tcb_info i = made_honest_info();
	struct tcb_info t = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&t, &i, &e) && tcb_info_is_for(&t, &m.platform, &e), e);
	m.platform.fmspc[5] = 1;
	CHECK_ERR(tcb_info_is_for(&t, &m.platform, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "FMSPC 90c06f000000") && strstr(e.text, "says 90c06f000001"));
	m.platform.fmspc[5] = 0;
	m.platform.pce_id[0] = 1;
	CHECK_ERR(tcb_info_is_for(&t, &m.platform, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "PCE-ID 0000") && strstr(e.text, "says 0100"));
	i.id = "SGX";
	CHECK_OK(parse(&t, &i, &e), e);
	CHECK_ERR(tcb_info_is_tdx(&t, &e), e, ERR_MISMATCH);
	i.id = "TDX";
	i.version = 2;
	CHECK_OK(parse(&t, &i, &e), e);
	CHECK_ERR(tcb_info_is_tdx(&t, &e), e, ERR_MISMATCH);
	t.version = 3;
	t.tcb_type = 1;
	CHECK_ERR(tcb_info_is_tdx(&t, &e), e, ERR_MISMATCH);
}

static void when(void)
{
	struct made_tcb_info i = made_honest_info();
	struct intel_time now = { .at_unix = MADE_NOW };
	struct tcb_info t = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&t, &i, &e) && tcb_info_current(&t, &now, &e), e);
	now.at_unix = t.dates.next_update + 1;
	CHECK_ERR(tcb_info_current(&t, &now, &e), e, ERR_MISMATCH);
	now.at_unix = t.dates.issued - 1;
	CHECK_ERR(tcb_info_current(&t, &now, &e), e, ERR_MISMATCH);
}

static void modules(void)
{
	static const uint8_t zeroes[48], other[48] = { [47] = 1 };
	uint8_t svn[16] = { 6, 1, 3 };
	struct tdx_quote q = { .tee_tcb_svn = SPAN_OF(svn), .mrsignerseam = SPAN_OF(zeroes) };
	struct made_tcb_info i = made_honest_info();
	const struct tcb_module *m = NULL;
	struct tcb_info t = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&t, &i, &e) && tcb_info_module(&m, &t, &q, &e), e);
	CHECK(m == &t.modules[0]);
	svn[1] = 0;
	CHECK_OK(tcb_info_module(&m, &t, &q, &e), e);
	CHECK(m == &t.module);
	for (svn[1] = 0; svn[1] < 2; svn[1]++) {
		q.mrsignerseam = SPAN_OF(other);
		CHECK_ERR(tcb_info_module(&m, &t, &q, &e), e, ERR_MISMATCH);
		CHECK(strstr(e.text, "MRSIGNERSEAM"));
		q.mrsignerseam = SPAN_OF(zeroes);
		q.seam_attributes = 1;
		CHECK_ERR(tcb_info_module(&m, &t, &q, &e), e, ERR_MISMATCH);
		CHECK(strstr(e.text, "SEAM attributes are 0x1, want 0x0"));
		q.seam_attributes = 0;
	}
	CHECK_ERR(tcb_info_module(&m, &t, &q, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "'TDX_02'"));
	q.tee_tcb_svn.n = 15;
	CHECK_ERR(tcb_info_module(&m, &t, &q, &e), e, ERR_FORMAT);
}

int main(void)
{
	a = arena_new(512 << 20);
	reads();
	refuses();
	limits();
	memory();
	many();
	two_modules();
	whose();
	when();
	modules();
	arena_free(a);
	return test_end();
}
