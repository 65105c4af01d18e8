#include "measure/ovmf_table.h"

#include "ovmf_made.h"
#include "test.h"

static const struct ovmf_made_section sections[] = { { 0x800000, 0x9000, 1 } };
static const struct ovmf_made whole = { .size = 8192,
	.reset_eip = 0x80b004,
	.hashes_address = 0x810c00,
	.hashes_size = 0x400,
	.sections = sections,
	.n_sections = 1 };

static void finds(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(8192);
	struct err e = { 0 };
	struct ovmf_table t;
	struct span data, tail;

	ovmf_made(&b, &whole);
	CHECK(buf_ok(&b) && b.n == 8192);
	CHECK_OK(ovmf_table_parse(&t, buf_span(&b), &e), e);
	CHECK(t.n == 3);
	CHECK(ovmf_table_find(&t, ovmf_table_sev_es_reset, &data) && data.n == 4);
	CHECK(memcmp(data.p, "\x04\xb0\x80\x00", 4) == 0);
	CHECK(data.p == t.entries[0].data.p);
	CHECK(ovmf_table_find(&t, ovmf_table_sev_hashes, &data) && data.n == 8);
	CHECK(memcmp(data.p, "\x00\x0c\x81\x00\x00\x04\x00\x00", 8) == 0);
	CHECK(!ovmf_table_find(&t, ovmf_table_tdx_metadata, &data));
	CHECK_OK(ovmf_table_tail(&tail, &t, ovmf_table_sev_metadata, "SEV metadata", &e), e);
	CHECK(tail.n == OVMF_MADE_METADATA_AT && memcmp(tail.p, "ASEV", 4) == 0);
	CHECK_ERR(ovmf_table_tail(&tail, &t, ovmf_table_tdx_metadata, "TDX metadata", &e), e,
		ERR_NOTFOUND);
	CHECK_ERR(ovmf_table_tail(&tail, &t, ovmf_table_sev_hashes, "x", &e), e, ERR_FORMAT);
}

/* Each input is an image with one thing wrong. */
static void refuses(void)
{
	enum { SIZE_AT = 8192 - 50, LAST_AT = SIZE_AT - 18 };
	static const struct {
		size_t at;
		uint16_t value;
		enum err_kind kind;
	} cases[] = {
		{ SIZE_AT, 17, ERR_FORMAT },
		{ SIZE_AT, 0, ERR_FORMAT },
		{ SIZE_AT, 8192 - 31, ERR_FORMAT },
		{ SIZE_AT, 0xffff, ERR_FORMAT },
		{ SIZE_AT, 22 + 26 + 22 + 18 - 1, ERR_FORMAT },
		{ SIZE_AT, 19, ERR_FORMAT },
		{ SIZE_AT + 2, 0, ERR_NOTFOUND },
		{ LAST_AT, 17, ERR_FORMAT },
		{ LAST_AT, 0, ERR_FORMAT },
		{ LAST_AT, 22 + 26 + 22 + 1, ERR_FORMAT },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(8192);
		struct ovmf_table t = { .n = 77 };
		struct err e = { 0 };

		ovmf_made(&b, &whole);
		put_u16le(b.p + cases[i].at, cases[i].value);
		CHECK_ERR(ovmf_table_parse(&t, buf_span(&b), &e), e, cases[i].kind);
		CHECK(t.n == 77);
	}
}

static void refuses_twice(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(8192);
	struct ovmf_made m = whole;
	struct ovmf_table t;
	struct err e = { 0 };

	m.twice = true;
	ovmf_made(&b, &m);
	CHECK_ERR(ovmf_table_parse(&t, buf_span(&b), &e), e, ERR_FORMAT);
}

/* Only the end counts: cut at the front it is found until the table itself is cut. */
static void truncated(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(8192);
	struct ovmf_table t;
	struct err e = { 0 };
	size_t table = 22 + 26 + 22 + 50, wrong = 0;

	ovmf_made(&b, &whole);
	for (size_t n = 0; n <= 8192; n++) {
		wrong += ovmf_table_parse(&t, span_make(b.p + 8192 - n, n), &e) != (n >= table);
		/* Without its end it is no image. */
		wrong += n < 8192 && ovmf_table_parse(&t, span_make(b.p, n), &e);
	}
	CHECK(wrong == 0);
	CHECK(ovmf_table_parse(&t, buf_span(&b), &e));
}

static void many(void)
{
	for (uint32_t n = OVMF_TABLE_ENTRIES_MAX; n <= OVMF_TABLE_ENTRIES_MAX + 1; n++) {
		CLEANUP(buf_done) struct buf b = buf_init(4096);
		struct ovmf_table t;
		struct err e = { 0 };

		for (uint32_t i = 0; i < n; i++) {
			char guid[16] = { (char)i };

			ovmf_made_entry(&b, guid, &i, 1);
		}
		buf_u16le(&b, (uint16_t)(b.n + 18));
		buf_add(&b, OVMF_MADE_FOOTER, 16);
		buf_fill(&b, 0, 32);
		if (n == OVMF_TABLE_ENTRIES_MAX)
			CHECK_OK(ovmf_table_parse(&t, buf_span(&b), &e), e);
		else
			CHECK_ERR(ovmf_table_parse(&t, buf_span(&b), &e), e, ERR_LIMIT);
	}
}

int main(void)
{
	finds();
	refuses();
	refuses_twice();
	truncated();
	many();
	return test_end();
}
