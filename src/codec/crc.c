#include "codec/crc.h"

#include "base/banned.h"

/* The polynomial is given with its bits reversed. */
static uint32_t crc_of(struct span s, uint32_t polynomial)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= s.p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	}
	return crc;
}

uint32_t crc_ieee(struct span s)
{
	return ~crc_of(s, 0xedb88320);
}

uint32_t crc_castagnoli(struct span s)
{
	return crc_of(s, 0x82f63b78);
}
