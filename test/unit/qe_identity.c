/* Identities of quoting enclaves: whose it is, and each field of an enclave that is not the one. */
#include "trust/qe_identity.h"

#include "arena_steps.h"
#include "tdx_documents.h"

static struct arena *a;

static bool parse(struct qe_identity *q, const struct made_identity *i, struct err *e)
{
	CLEANUP(buf_done) struct buf b = made_identity_body(i);

	return qe_identity_parse(q, span_make(b.p, b.n - 1), a, e);
}

static void reads(void)
{
	struct made_identity i = made_honest_identity();
	struct intel_time now = { .at_unix = MADE_NOW };
	struct qe_identity q = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&q, &i, &e), e);
	CHECK(q.version == 2 && q.evaluation_number == 17 && q.isv_prod_id == 2 && q.n_levels == 2);
	CHECK(q.mrsigner[0] == 0xdc && !q.mrsigner[31] && q.attributes[0] == 0x11);
	CHECK(q.miscselect == 0 && q.miscselect_mask == UINT32_MAX && q.attributes_mask[0] == 0xfb);
	CHECK(q.levels[1].isv_svn == 2 && q.levels[1].verdict.status == TCB_STATUS_OUT_OF_DATE);
	CHECK_OK(qe_identity_is_td_qe(&q, &e) && qe_identity_current(&q, &now, &e), e);
	now.at_unix = q.dates.next_update + 1;
	CHECK_ERR(qe_identity_current(&q, &now, &e), e, ERR_MISMATCH);
	now.at_unix = q.dates.issued - 1;
	CHECK_ERR(qe_identity_current(&q, &now, &e), e, ERR_MISMATCH);
}

/* The quoting enclave for SGX and the quote verification enclave are signed by Intel, too. */
static void other_enclaves(void)
{
	static const char *const ids[] = { "QE", "QVE", "td_qe", "" };
	struct made_identity i = made_honest_identity();
	struct qe_identity q = { 0 };
	struct err e = { 0 };

	for (size_t k = 0; k < ARRAY_LEN(ids); k++) {
		i.id = ids[k];
		CHECK_OK(parse(&q, &i, &e), e);
		CHECK_ERR(qe_identity_is_td_qe(&q, &e), e, ERR_MISMATCH);
	}
	i = made_honest_identity();
	i.version = 1;
	CHECK_OK(parse(&q, &i, &e), e);
	CHECK_ERR(qe_identity_is_td_qe(&q, &e), e, ERR_MISMATCH);
}

static void matches(void)
{
	struct made_identity i = made_honest_identity();
	uint8_t attributes[16] = { 0x11, [8] = 0xe7 }, signer[32] = { 0xdc };
	struct tdx_quote_qe good = { .attributes = SPAN_OF(attributes),
		.mrsigner = SPAN_OF(signer),
		.isv_prod_id = 2,
		.isv_svn = 4 },
			    qe = good;
	struct qe_identity q = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&q, &i, &e) && qe_identity_matches(&q, &qe, &e), e);
	attributes[0] = 0x15; /* MODE64BIT is left out by the mask, and so is XFRM */
	CHECK_OK(qe_identity_matches(&q, &qe, &e), e);
	attributes[0] = 0x13;
	CHECK_ERR(qe_identity_matches(&q, &qe, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "byte 0 of ATTRIBUTES") && strstr(e.text, "debugged"));
	attributes[0] = 0x11;
	attributes[7] = 0x80;
	CHECK_ERR(qe_identity_matches(&q, &qe, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "byte 7 of ATTRIBUTES") && !strstr(e.text, "debugged"));
	attributes[7] = 0;
	qe.miscselect = 1u << 31;
	CHECK_ERR(qe_identity_matches(&q, &qe, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "MISCSELECT"));
	qe = good;
	signer[31] = 1;
	CHECK_ERR(qe_identity_matches(&q, &qe, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "MRSIGNER"));
	signer[31] = 0;
	qe.isv_prod_id = 1;
	CHECK_ERR(qe_identity_matches(&q, &qe, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "ISVPRODID is 1, want 2"));
}

static void levels(void)
{
	struct made_identity i = made_honest_identity();
	const struct qe_identity_level *l = NULL;
	struct qe_identity q = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&q, &i, &e), e);
	for (uint16_t svn = 2; svn < 10; svn++) {
		CHECK_OK(qe_identity_level(&l, &q, svn, &e), e);
		CHECK(l == &q.levels[svn < 4]);
	}
	CHECK_ERR(qe_identity_level(&l, &q, 1, &e), e, ERR_MISMATCH);
}

static void refuses(void)
{
	static const char *const members[] = { "id", "version", "issueDate", "nextUpdate",
		"tcbEvaluationDataNumber", "miscselect", "miscselectMask", "attributes",
		"attributesMask", "mrsigner", "isvprodid", "tcbLevels", "tcb", "isvsvn", "tcbDate",
		"tcbStatus" };

	for (size_t k = 0; k < ARRAY_LEN(members); k++) {
		struct made_identity i = made_honest_identity();
		CLEANUP(buf_done) struct buf b = made_identity_body(&i);
		struct qe_identity q;
		struct err e = { 0 };
		char piece[60];
		char *at;

		snprintf(piece, sizeof piece, "\"%s\":", members[k]);
		at = strstr((char *)b.p, piece);
		CHECK(at);
		at[1] = 'X';
		CHECK_ERR(qe_identity_parse(&q, span_make(b.p, b.n - 1), a, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, members[k]));
		at[1] = members[k][0];
		for (size_t n = 0; n < b.n - 1; n++)
			CHECK_ERR(qe_identity_parse(&q, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	}
}

static void limits(void)
{
	struct made_identity i = made_honest_identity();
	CLEANUP(buf_done) struct buf b = made_identity_body(&i);
	CLEANUP(buf_done) struct buf none = buf_init(1 << 20);
	char *levels = strstr((char *)b.p, "\"tcbLevels\":[");
	struct qe_identity q;
	struct err e = { 0 };

	buf_add(&none, b.p, (size_t)(levels - (char *)b.p));
	buf_add_cstr(&none, "\"tcbLevels\":[]}");
	CHECK_ERR(qe_identity_parse(&q, buf_span(&none), a, &e), e, ERR_LIMIT);
	b.n--;
	buf_fill(&b, ' ', PCS_JSON_SIZE_MAX - b.n);
	CHECK_OK(qe_identity_parse(&q, buf_span(&b), a, &e), e);
	buf_u8(&b, ' ');
	CHECK_ERR(qe_identity_parse(&q, buf_span(&b), a, &e), e, ERR_LIMIT);
}

static bool step(struct arena *little, const void *of, struct err *e)
{
	const struct buf *b = of;
	struct qe_identity q = { .n_levels = 77 };
	bool ok = qe_identity_parse(&q, span_make(b->p, b->n - 1), little, e);

	CHECK(q.n_levels == (ok ? 2 : 77));
	return ok;
}

/* Numbers at their limits; as many levels as may be; where memory ends. */
static void numbers(void)
{
	static const struct {
		const char *from, *to;
		bool taken;
	} cases[] = { { "\"isvprodid\":2", "\"isvprodid\":65535", true },
		{ "\"isvprodid\":2", "\"isvprodid\":65536", false },
		{ "\"isvsvn\":4", "\"isvsvn\":65535", true },
		{ "\"isvsvn\":4", "\"isvsvn\":65536", false },
		{ "\"tcbEvaluationDataNumber\":17", "\"tcbEvaluationDataNumber\":4294967295",
			true },
		{ "\"tcbEvaluationDataNumber\":17", "\"tcbEvaluationDataNumber\":4294967296",
			false },
		{ "\"version\":2", "\"version\":65535", true },
		{ "\"version\":2", "\"version\":65536", false } };
	struct made_identity i = made_honest_identity();
	CLEANUP(buf_done) struct buf b = made_identity_body(&i);

	arena_steps(step, &b);
	for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
		CLEANUP(buf_done) struct buf text = buf_init(1 << 16);
		const char *at = strstr((const char *)b.p, cases[k].from);
		struct qe_identity q;
		struct err e = { 0 };

		CHECK(at);
		if (!at)
			continue;
		buf_add(&text, b.p, (size_t)(at - (const char *)b.p));
		buf_add_cstr(&text, cases[k].to);
		buf_add_cstr(&text, at + strlen(cases[k].from));
		CHECK(qe_identity_parse(&q, buf_span(&text), a, &e) == cases[k].taken);
		CHECK(cases[k].taken || e.kind == ERR_FORMAT);
	}
	for (size_t n = QE_IDENTITY_LEVELS_MAX; n <= QE_IDENTITY_LEVELS_MAX + 1; n++) {
		CLEANUP(buf_done) struct buf text = buf_init(1 << 16);
		const char *at = strstr((const char *)b.p, "\"tcbLevels\":[");
		struct qe_identity q;
		struct err e = { 0 };

		buf_add(&text, b.p, (size_t)(at - (const char *)b.p));
		buf_add_cstr(&text, "\"tcbLevels\":[1");
		for (size_t k = 1; k < n; k++)
			buf_add_cstr(&text, ",1");
		buf_add_cstr(&text, "]}");
		CHECK_ERR(qe_identity_parse(&q, buf_span(&text), a, &e), e,
			n > QE_IDENTITY_LEVELS_MAX ? ERR_LIMIT : ERR_FORMAT);
	}
}

/* Every bit that the masks keep counts, and no other; the numbers' bytes stand in their order. */
static void masks(void)
{
	uint8_t attributes[16] = { 0 }, signer[32] = { 0 };
	struct tdx_quote_qe qe = { .attributes = SPAN_OF(attributes), .mrsigner = SPAN_OF(signer) };
	struct qe_identity q = { .miscselect_mask = 0xf0f0a5a5 };
	struct err e = { 0 };

	for (size_t k = 0; k < 16; k++)
		q.attributes_mask[k] = (uint8_t)(0x5a + k);
	for (unsigned bit = 0; bit < 32; bit++) {
		qe.miscselect = 1u << bit;
		CHECK(qe_identity_matches(&q, &qe, &e) == !(q.miscselect_mask >> bit & 1));
	}
	qe.miscselect = 0;
	for (size_t bit = 0; bit < 128; bit++) {
		attributes[bit / 8] = (uint8_t)(1 << bit % 8);
		CHECK(qe_identity_matches(&q, &qe, &e) ==
			!(q.attributes_mask[bit / 8] >> bit % 8 & 1));
		attributes[bit / 8] = 0;
	}
}

int main(void)
{
	a = arena_new(512 << 20);
	reads();
	other_enclaves();
	matches();
	levels();
	refuses();
	limits();
	numbers();
	masks();
	arena_free(a);
	return test_end();
}
