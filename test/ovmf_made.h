/*
 * An OVMF image for tests: bytes that differ from page to page, SEV metadata, the table of GUIDs. What is zero is left
 * out. It is written forwards from the layout in the specification, and shares nothing with the readers.
 */
#ifndef ASSAY_TEST_OVMF_MADE_H
#define ASSAY_TEST_OVMF_MADE_H

#include <string.h>

#include "base/buf.h"

struct ovmf_made_section {
	uint32_t address, size, type;
};

struct ovmf_made {
	size_t size;
	uint32_t reset_eip;
	uint32_t hashes_address, hashes_size;
	uint32_t svsm_entry;
	const struct ovmf_made_section *sections; /* NULL: no metadata at all */
	uint32_t n_sections;
	bool twice; /* the reset block is there a second time */
};

/* GUIDs as bytes of the image. */
#define OVMF_MADE_FOOTER "\xde\x82\xb5\x96\xb2\x1f\xf7\x45\xba\xea\xa3\x66\xc5\x5a\x08\x2d"
#define OVMF_MADE_RESET "\xde\x71\xf7\x00\x7e\x1a\xcb\x4f\x89\x0e\x68\xc7\x7e\x2f\xb4\x4e"
#define OVMF_MADE_HASHES "\x1f\x37\x55\x72\x3b\x3a\x04\x4b\x92\x7b\x1d\xa6\xef\xa8\xd4\x54"
#define OVMF_MADE_METADATA "\x66\x65\x88\xdc\x4a\x98\x98\x47\xa7\x5e\x55\x85\xa7\xbf\x67\xcc"
#define OVMF_MADE_SVSM "\x12\xa6\x89\xa7\x97\x05\x4b\x4c\xa4\x9f\xcb\xb1\xfe\x9d\x1d\xdd"

enum { OVMF_MADE_METADATA_AT = 1024 /* before the end */ };

__attribute__((unused)) static void ovmf_made_entry(
	struct buf *b, const char *guid, const uint32_t *words, uint16_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_u32le(b, words[i]);
	buf_u16le(b, (uint16_t)(4 * n + 18));
	buf_add(b, guid, 16);
}

static void ovmf_made_table(struct buf *b, const struct ovmf_made *m)
{
	const uint32_t hashes[] = { m->hashes_address, m->hashes_size };
	const uint32_t distance = OVMF_MADE_METADATA_AT;

	if (m->sections)
		ovmf_made_entry(b, OVMF_MADE_METADATA, &distance, 1);
	if (m->hashes_address || m->hashes_size)
		ovmf_made_entry(b, OVMF_MADE_HASHES, hashes, 2);
	if (m->svsm_entry)
		ovmf_made_entry(b, OVMF_MADE_SVSM, &m->svsm_entry, 1);
	for (int i = 0; m->reset_eip && i < (m->twice ? 2 : 1); i++)
		ovmf_made_entry(b, OVMF_MADE_RESET, &m->reset_eip, 1);
}

/* Appends the image; m->size is at least 4096. */
__attribute__((unused)) static void ovmf_made(struct buf *b, const struct ovmf_made *m)
{
	struct buf table = buf_init(4096);

	ovmf_made_table(&table, m);
	for (size_t i = 0; i < m->size - OVMF_MADE_METADATA_AT; i++)
		buf_u8(b, (uint8_t)(i * 7 ^ i >> 8 ^ i >> 12));
	buf_add(b, "ASEV", 4);
	buf_u32le(b, 16 + 12 * m->n_sections);
	buf_u32le(b, 1);
	buf_u32le(b, m->n_sections);
	for (uint32_t i = 0; i < m->n_sections; i++) {
		buf_u32le(b, m->sections[i].address);
		buf_u32le(b, m->sections[i].size);
		buf_u32le(b, m->sections[i].type);
	}
	buf_fill(b, 0xf4, OVMF_MADE_METADATA_AT - 16 - 12 * m->n_sections - 50 - table.n);
	buf_add(b, table.p, table.n);
	buf_u16le(b, (uint16_t)(table.n + 18));
	buf_add(b, OVMF_MADE_FOOTER, 16);
	buf_fill(b, 0x90, 32);
	buf_done(&table);
}

#endif
