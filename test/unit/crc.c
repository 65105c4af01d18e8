#include "codec/crc.h"

#include "test.h"

/* The check values of the catalogue of parametrised CRC algorithms; the second without its last inversion. */
static void check_values(void)
{
	struct span digits = span_make("123456789", 9);

	CHECK(crc_ieee(digits) == 0xcbf43926);
	CHECK(crc_castagnoli(digits) == ~0xe3069283u);
	CHECK(crc_ieee(span_make("", 0)) == 0);
}

/* The definition, a bit at a time. */
static uint32_t slowly(const uint8_t *p, size_t n)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < 8 * n; i++) {
		uint32_t bit = (crc ^ (uint32_t)p[i / 8] >> i % 8) & 1;

		crc = crc >> 1 ^ (bit ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* In one piece and in two, at sizes around those from which on tables are made. */
static void pieces(void)
{
	static uint8_t bytes[20011];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * i * 31 + i / 7);
	for (size_t n = 4090; n < 4110; n++)
		CHECK(crc_ieee(span_make(bytes, n)) == slowly(bytes, n));
	CHECK(crc_ieee(SPAN_OF(bytes)) == slowly(bytes, sizeof bytes));
	for (size_t at = 0; at <= sizeof bytes; at += 997)
		CHECK(crc_ieee_add(crc_ieee(span_make(bytes, at)),
			      span_make(bytes + at, sizeof bytes - at)) ==
			crc_ieee(SPAN_OF(bytes)));
}

int main(void)
{
	check_values();
	pieces();
	return test_end();
}
