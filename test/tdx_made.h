/*
 * A TDVF image for tests, written forwards from the layout in the design guide; it shares nothing with the readers. Its
 * bytes differ from page to page. Each part can be broken.
 */
#ifndef ASSAY_TEST_TDX_MADE_H
#define ASSAY_TEST_TDX_MADE_H

#include "base/buf.h"

struct tdx_made_section {
	uint32_t at, raw; /* of data in the image */
	uint64_t address, size;
	uint32_t type, attributes;
};

enum { TDX_MADE_SIZE = 0x10000, TDX_MADE_AT = 2048 /* of the descriptor, before the end */ };

/* As OVMF's, but small: 48 KiB of code, 16 KiB of variables. */
static const struct tdx_made_section tdx_made_ovmf[] = {
	{ 0x4000, 0xc000, 0xffff4000, 0xc000, 0, 1 },
	{ 0, 0x4000, 0xffff0000, 0x4000, 1, 0 },
	{ 0, 0, 0x811000, 0xf000, 3, 0 },
	{ 0, 0, 0x80b000, 0x2000, 3, 0 },
	{ 0, 0, 0x809000, 0x2000, 2, 0 },
	{ 0, 0, 0x800000, 0x6000, 3, 0 },
};
enum { TDX_MADE_OVMF = 6 };

static inline void tdx_made_descriptor(struct buf *b, const struct tdx_made_section *s, uint32_t n)
{
	buf_add(b, "\xf3\xf9\xea\xe9\x8e\x16\xd5\x44\xa8\xeb\x7f\x4d\x87\x38\xf6\xae", 16);
	buf_add_cstr(b, "TDVF");
	buf_u32le(b, 16 + 32 * n);
	buf_u32le(b, 1);
	buf_u32le(b, n);
	for (uint32_t i = 0; i < n; i++) {
		buf_u32le(b, s[i].at);
		buf_u32le(b, s[i].raw);
		buf_u64le(b, s[i].address);
		buf_u64le(b, s[i].size);
		buf_u32le(b, s[i].type);
		buf_u32le(b, s[i].attributes);
	}
}

/* Appends an image of TDX_MADE_SIZE bytes to an empty buf; at most 56 sections. */
static inline void tdx_made(struct buf *b, const struct tdx_made_section *s, uint32_t n)
{
	for (uint32_t i = 0; i < TDX_MADE_SIZE - TDX_MADE_AT - 16; i++)
		buf_u8(b, (uint8_t)(i * 5 ^ i >> 8));
	tdx_made_descriptor(b, s, n);
	/* 50 at the end are reset vector and footer, before them one entry of 22. */
	buf_fill(b, 0xf4, TDX_MADE_SIZE - 50 - 22 - b->n);
	buf_u32le(b, TDX_MADE_AT);
	buf_u16le(b, 22);
	buf_add(b, "\x35\x65\x7a\xe4\x4a\x98\x98\x47\x86\x5e\x46\x85\xa7\xbf\x8e\xc2", 16);
	buf_u16le(b, 22 + 18);
	buf_add(b, "\xde\x82\xb5\x96\xb2\x1f\xf7\x45\xba\xea\xa3\x66\xc5\x5a\x08\x2d", 16);
	buf_fill(b, 0x90, 32);
}

#endif
