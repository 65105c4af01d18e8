/* MRTD against a second implementation: all that is to be hashed as one string, made byte by byte. */
#include "measure/tdx_mrtd.h"

#include "../tdx_made.h"
#include "test.h"

enum { IMAGE_MAX = 1 << 20, STREAM_MAX = 4 << 20, PAGE = 4096 };

static void record(struct buf *b, const char *name, uint64_t address)
{
	uint8_t r[128] = { 0 };

	for (size_t i = 0; name[i]; i++)
		r[i] = (uint8_t)name[i];
	for (int i = 0; i < 8; i++)
		r[16 + i] = (uint8_t)(address >> 8 * i);
	buf_add(b, r, sizeof r);
}

static void measure(struct buf *b, const uint8_t *image, const struct tdx_made_section *s,
	uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at += 256) {
		record(b, "MR.EXTEND", s->address + at);
		for (uint64_t i = at; i < at + 256; i++)
			buf_u8(b, i < s->raw ? image[s->at + i] : 0);
	}
}

static struct digest slow(
	const uint8_t *image, const struct tdx_made_section *s, size_t n, bool two_passes)
{
	struct buf b CLEANUP(buf_done) = buf_init(STREAM_MAX);

	for (size_t i = 0; i < n; i++) {
		if (s[i].attributes & 2)
			continue;
		for (uint64_t at = 0; at < s[i].size; at += PAGE) {
			record(&b, "MEM.PAGE.ADD", s[i].address + at);
			if ((s[i].attributes & 1) && !two_passes)
				measure(&b, image, &s[i], at, at + PAGE);
		}
		if ((s[i].attributes & 1) && two_passes)
			measure(&b, image, &s[i], 0, s[i].size);
	}
	CHECK(buf_ok(&b));
	return digest_of(DIGEST_SHA384, buf_span(&b));
}

static void agrees(const struct tdx_made_section *s, uint32_t n, bool passes_differ)
{
	struct buf image CLEANUP(buf_done) = buf_init(IMAGE_MAX);
	struct digest one, two, slow_one, slow_two;
	struct tdx_metadata m;
	struct err e;

	tdx_made(&image, s, n);
	CHECK_OK(tdx_metadata_parse(&m, buf_span(&image), &e), e);
	one = tdx_mrtd(&m, TDX_SINGLE_PASS);
	two = tdx_mrtd(&m, TDX_TWO_PASS);
	slow_one = slow(image.p, s, n, false);
	slow_two = slow(image.p, s, n, true);
	CHECK(digest_equal(&one, &slow_one));
	CHECK(digest_equal(&two, &slow_two));
	CHECK(digest_equal(&one, &two) == !passes_differ);
}

/* As OVMF's; data that ends within a chunk; memory that is measured as zeroes; pages that come later; one page. */
static void agrees_everywhere(void)
{
	static const struct tdx_made_section odd[] = {
		{ 3, 0x2345, 0x1000, 0x4000, 0, 1 },
		{ 0, 0, 0x8000, 0x1000, 3, 1 },
		{ 0, 0, 0x10000, 0x2000, 4, 2 },
		{ 7, 1, 0x20000, 0x1000, 1, 1 },
		{ 0, 0, 0x30000, 0, 3, 1 },
	};
	static const struct tdx_made_section one_page[] = { { 0, 0x1000, 0xfffff000, 0x1000, 0,
		1 } };

	agrees(tdx_made_ovmf, TDX_MADE_OVMF, true);
	agrees(odd, ARRAY_LEN(odd), true);
	agrees(one_page, 1, false);
}

/* Every page of the code is in it, and its order; the variables' bytes are not. */
static void covers(void)
{
	struct buf image CLEANUP(buf_done) = buf_init(IMAGE_MAX);
	struct digest plain, other;
	struct tdx_metadata m;
	struct err e;

	tdx_made(&image, tdx_made_ovmf, TDX_MADE_OVMF);
	CHECK_OK(tdx_metadata_parse(&m, buf_span(&image), &e), e);
	plain = tdx_mrtd(&m, TDX_SINGLE_PASS);
	for (size_t at = 0; at < 0xf000; at += 0xfff) {
		image.p[at] ^= 1;
		other = tdx_mrtd(&m, TDX_SINGLE_PASS);
		CHECK(digest_equal(&plain, &other) == (at < 0x4000));
		image.p[at] ^= 1;
	}
	m.sections[0].address -= PAGE;
	other = tdx_mrtd(&m, TDX_SINGLE_PASS);
	CHECK(!digest_equal(&plain, &other));
}

int main(void)
{
	agrees_everywhere();
	covers();
	return test_end();
}
