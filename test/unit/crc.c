#include "codec/crc.h"

#include "test.h"

int main(void)
{
	/* The check values of the catalogue of parametrised CRC algorithms; the second without its last inversion. */
	struct span digits = span_make("123456789", 9);

	CHECK(crc_ieee(digits) == 0xcbf43926);
	CHECK(crc_castagnoli(digits) == ~0xe3069283u);
	CHECK(crc_ieee(span_make("", 0)) == 0);
	return test_end();
}
