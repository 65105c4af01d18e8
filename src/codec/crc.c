#include "codec/crc.h"

#include "base/banned.h"

/* Bytes that are taken at once, each with a table of its own. */
enum { SLICE = 8, LITTLE = 4096 };

/* The polynomial is given with its bits reversed. */
static uint32_t bit_by_bit(uint32_t crc, uint32_t polynomial)
{
	for (unsigned bit = 0; bit < 8; bit++)
		crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	return crc;
}

static uint32_t add_bytes(uint32_t crc, struct span s, uint32_t polynomial)
{
	for (size_t i = 0; i < s.n; i++)
		crc = bit_by_bit(crc ^ s.p[i], polynomial);
	return crc;
}

/* tables[k][v]: what the byte v does to the remainder when k more bytes follow it. */
static uint32_t add_slices(uint32_t crc, struct span s, uint32_t polynomial)
{
	uint32_t tables[SLICE][256];

	for (uint32_t v = 0; v < 256; v++)
		tables[0][v] = bit_by_bit(v, polynomial);
	for (unsigned k = 1; k < SLICE; k++)
		for (uint32_t v = 0; v < 256; v++)
			tables[k][v] = tables[k - 1][v] >> 8 ^ tables[0][tables[k - 1][v] & 0xff];
	for (size_t i = 0; i < s.n; i += SLICE) {
		const uint8_t *p = s.p + i;
		uint32_t next = 0;

		for (unsigned k = 0; k < SLICE; k++)
			next ^= tables[SLICE - 1 - k][p[k] ^ (k < 4 ? crc >> 8 * k & 0xff : 0)];
		crc = next;
	}
	return crc;
}

/* Tables are worth their making for what is large. */
static uint32_t crc_of(uint32_t crc, struct span s, uint32_t polynomial)
{
	size_t sliced = s.n < LITTLE ? 0 : s.n - s.n % SLICE;

	if (sliced)
		crc = add_slices(crc, span_make(s.p, sliced), polynomial);
	return add_bytes(crc, span_make(s.p + sliced, s.n - sliced), polynomial);
}

uint32_t crc_ieee_add(uint32_t before, struct span s)
{
	return ~crc_of(~before, s, 0xedb88320);
}

uint32_t crc_ieee(struct span s)
{
	return crc_ieee_add(0, s);
}

uint32_t crc_castagnoli(struct span s)
{
	return crc_of(UINT32_MAX, s, 0x82f63b78);
}
