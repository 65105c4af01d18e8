#include "codec/json_plain.h"

#include "test.h"

enum { LENGTH = 27 };

static bool plain(uint8_t c)
{
	return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
}

static size_t one_by_one(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && plain(p[i]))
		i++;
	return i;
}

static bool agrees(const uint8_t *p, size_t n)
{
	return json_plain(str_make((const char *)p, n)) == one_by_one(p, n);
}

/* Every byte at every place, alone and behind each byte that could lend it a bit. */
static void every_byte(void)
{
	static const uint8_t before[] = { 'a', 0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7e, 0x1f, 0x22, 0x5c,
		0x7f, 0x80, 0x00, 0xff };
	uint8_t text[LENGTH];

	for (size_t k = 0; k < ARRAY_LEN(before); k++)
		for (size_t at = 0; at < LENGTH; at++)
			for (unsigned c = 0; c < 256; c++) {
				memset(text, 'x', LENGTH);
				if (at > 0)
					text[at - 1] = before[k];
				text[at] = (uint8_t)c;
				CHECK(agrees(text, LENGTH));
			}
}

static void every_length(void)
{
	uint8_t text[LENGTH];

	memset(text, '~', LENGTH);
	for (size_t n = 0; n <= LENGTH; n++)
		CHECK(json_plain(str_make((const char *)text, n)) == n);
	CHECK(json_plain(str_make(NULL, 0)) == 0);
}

int main(void)
{
	every_byte();
	every_length();
	return test_end();
}
