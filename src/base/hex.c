#include "base/hex.h"

#include "base/banned.h"

static const char digits[] = "0123456789abcdef";

void hex_write(char *out, const void *p, size_t n)
{
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_read(struct str s, uint8_t *out, size_t n)
{
	if (s.n / 2 != n || s.n % 2)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (digit(s.p[i]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)((unsigned)digit(s.p[2 * i]) << 4 |
				   (unsigned)digit(s.p[2 * i + 1]));
	return true;
}

void hex_add(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char two[3];

		hex_write(two, s.p + i, 1);
		buf_add(b, two, 2);
	}
}
