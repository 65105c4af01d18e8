/*
 * Small PE files made for tests: headers of 1024 bytes, then the sections one after the other, each padded to 512 bytes.
 */
#ifndef ASSAY_TEST_PE_MADE_H
#define ASSAY_TEST_PE_MADE_H

#include "base/buf.h"
#include "base/span.h"

struct pe_made_section {
	const char *name;
	struct span bytes;
};

enum {
	PE_MADE_HEADERS = 1024,
	PE_MADE_PE_AT = 64,
	PE_MADE_OPTIONAL_AT = PE_MADE_PE_AT + 24,
	PE_MADE_TABLE_AT = PE_MADE_OPTIONAL_AT + 240, /* plus; 224 for PE32 */
	PE_MADE_MAX = 1 << 20,
};

static inline size_t pe_made_padded(size_t n)
{
	return (n + 511) / 512 * 512;
}

static inline void pe_made_headers(struct buf *b, bool plus, size_t n)
{
	buf_add(b, "MZ", 2);
	buf_fill(b, 0, 58);
	buf_u32le(b, PE_MADE_PE_AT);
	buf_add(b, "PE\0", 4);
	buf_u16le(b, 0x8664);
	buf_u16le(b, (uint16_t)n);
	buf_fill(b, 0, 12);
	buf_u16le(b, plus ? 240 : 224);
	buf_u16le(b, 0x22);
	buf_u16le(b, plus ? 0x20b : 0x10b);
	buf_fill(b, 0x11, 58);
	buf_u32le(b, PE_MADE_HEADERS);
	buf_u32le(b, 0xc4ec5u); /* CheckSum */
	buf_fill(b, 0, plus ? 40 : 24);
	buf_u32le(b, 16); /* data directories */
	buf_fill(b, 0, 16 * 8);
}

static inline struct buf pe_made(bool plus, const struct pe_made_section *sections, size_t n)
{
	struct buf b = buf_init(PE_MADE_MAX);
	size_t at = PE_MADE_HEADERS, address = 4096;

	pe_made_headers(&b, plus, n);
	for (size_t i = 0; i < n; i++) {
		size_t size = strlen(sections[i].name);

		buf_add(&b, sections[i].name, size);
		buf_fill(&b, 0, 8 - size);
		buf_u32le(&b, (uint32_t)sections[i].bytes.n);
		buf_u32le(&b, (uint32_t)address);
		buf_u32le(&b, (uint32_t)pe_made_padded(sections[i].bytes.n));
		buf_u32le(&b, sections[i].bytes.n ? (uint32_t)at : 0);
		buf_fill(&b, 0, 16);
		at += pe_made_padded(sections[i].bytes.n);
		address += (sections[i].bytes.n + 4095) / 4096 * 4096;
	}
	buf_fill(&b, 0, PE_MADE_HEADERS - b.n);
	for (size_t i = 0; i < n; i++) {
		buf_add(&b, sections[i].bytes.p, sections[i].bytes.n);
		buf_fill(&b, 0, pe_made_padded(sections[i].bytes.n) - sections[i].bytes.n);
	}
	return b;
}

#endif
