#include "measure/tdx_hob.h"

#include "../tdx_made.h"
#include "base/rd.h"
#include "test.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

enum { IMAGE_MAX = 1 << 20, RANGES_MAX = 12 };

struct want {
	uint64_t memory;
	size_t n;
	struct {
		uint32_t type;
		uint64_t start, end;
	} ranges[RANGES_MAX];
};

/* The ranges of OVMF's sections in order of address, then what follows. */
#define OVMF_RANGES                                                                              \
	{ 7, 0, 0x800000 }, { 0, 0x800000, 0x806000 }, { 7, 0x806000, 0x809000 },                \
		{ 0, 0x809000, 0x80b000 }, { 0, 0x80b000, 0x80d000 }, { 7, 0x80d000, 0x811000 }, \
	{                                                                                        \
		0, 0x811000, 0x820000                                                            \
	}

static const struct want wants[] = {
	{ 0x820000, 7, { OVMF_RANGES } },
	{ 1 * GIB, 8, { OVMF_RANGES, { 7, 0x820000, 1 * GIB } } },
	{ 0xb0000000 - 4096, 8, { OVMF_RANGES, { 7, 0x820000, 0xb0000000 - 4096 } } },
	{ 0xb0000000, 9,
		{ OVMF_RANGES, { 7, 0x820000, 2 * GIB }, { 7, 4 * GIB, 4 * GIB + 0x30000000 } } },
	{ 16 * GIB, 9, { OVMF_RANGES, { 7, 0x820000, 2 * GIB }, { 7, 4 * GIB, 18 * GIB } } },
};

static bool metadata(
	struct tdx_metadata *m, struct buf *image, const struct tdx_made_section *s, uint32_t n)
{
	struct err e;

	*image = buf_init(IMAGE_MAX);
	tdx_made(image, s, n);
	return tdx_metadata_parse(m, buf_span(image), &e);
}

static void check_bytes(struct span got, const struct want *w)
{
	struct rd r = rd_of(got);

	CHECK(got.n == 56 + 48 * w->n);
	CHECK(rd_u16le(&r) == 1 && rd_u16le(&r) == 56 && rd_u32le(&r) == 0);
	CHECK(rd_u32le(&r) == 9 && rd_u32le(&r) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(rd_u64le(&r) == 0);
	CHECK(rd_u64le(&r) == 0x809000 + got.n + 8);
	for (size_t i = 0; i < w->n; i++) {
		CHECK(rd_u16le(&r) == 3 && rd_u16le(&r) == 48 && rd_u32le(&r) == 0);
		CHECK(rd_u64le(&r) == 0 && rd_u64le(&r) == 0);
		CHECK(rd_u32le(&r) == w->ranges[i].type && rd_u32le(&r) == 7);
		CHECK(rd_u64le(&r) == w->ranges[i].start);
		CHECK(rd_u64le(&r) == w->ranges[i].end - w->ranges[i].start);
	}
	CHECK(rd_done(&r));
}

static void lists(void)
{
	struct buf image CLEANUP(buf_done) = { 0 };
	struct tdx_metadata m;
	struct err e;

	CHECK(metadata(&m, &image, tdx_made_ovmf, TDX_MADE_OVMF));
	for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
		struct buf b CLEANUP(buf_done) = buf_init(TDX_HOB_MEASURED_MAX);

		CHECK_OK(tdx_hob(&b, &m, wants[i].memory, &e), e);
		CHECK(buf_ok(&b));
		check_bytes(buf_span(&b), &wants[i]);
	}
}

/* The order of the image does not matter. */
static void sorts(void)
{
	static const uint8_t orders[][TDX_MADE_OVMF] = { { 5, 4, 3, 2, 1, 0 },
		{ 3, 5, 2, 4, 0, 1 } };

	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct buf image CLEANUP(buf_done) = { 0 };
		struct buf b CLEANUP(buf_done) = buf_init(TDX_HOB_MEASURED_MAX);
		struct tdx_made_section s[TDX_MADE_OVMF];
		struct tdx_metadata m;
		struct err e;

		for (size_t j = 0; j < TDX_MADE_OVMF; j++)
			s[j] = tdx_made_ovmf[orders[i][j]];
		CHECK(metadata(&m, &image, s, TDX_MADE_OVMF));
		CHECK_OK(tdx_hob(&b, &m, wants[1].memory, &e), e);
		check_bytes(buf_span(&b), &wants[1]);
	}
}

static void refuses(void)
{
	struct tdx_made_section s[TDX_MADE_OVMF];
	struct buf image CLEANUP(buf_done) = { 0 }, b = buf_init(TDX_HOB_MEASURED_MAX);
	struct tdx_metadata m;
	struct err e;

	CHECK(metadata(&m, &image, tdx_made_ovmf, TDX_MADE_OVMF));
	CHECK_ERR(tdx_hob(&b, &m, 1 * GIB + 1, &e), e, ERR_USAGE);
	CHECK_ERR(tdx_hob(&b, &m, 8 * MIB, &e), e, ERR_USAGE);
	CHECK_ERR(tdx_hob(&b, &m, TDX_HOB_MEMORY_MAX + 4096, &e), e, ERR_USAGE);
	memcpy(s, tdx_made_ovmf, sizeof s);
	s[2].type = TDX_PAYLOAD;
	buf_done(&image);
	CHECK(metadata(&m, &image, s, TDX_MADE_OVMF));
	CHECK_ERR(tdx_hob(&b, &m, 1 * GIB, &e), e, ERR_USAGE);
	s[2].type = TDX_TEMP_MEMORY;
	s[4].type = TDX_TEMP_MEMORY;
	buf_done(&image);
	CHECK(metadata(&m, &image, s, TDX_MADE_OVMF));
	CHECK_ERR(tdx_hob(&b, &m, 1 * GIB, &e), e, ERR_NOTFOUND);
	CHECK(!b.n);
	buf_done(&b);
}

int main(void)
{
	lists();
	sorts();
	refuses();
	return test_end();
}
