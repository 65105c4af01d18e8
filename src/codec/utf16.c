#include "codec/utf16.h"

#include "base/rd.h"
#include "codec/utf8.h"
#include "base/banned.h"

static bool is_high(unsigned c)
{
	return c >= 0xd800 && c < 0xdc00;
}

static bool is_low(unsigned c)
{
	return c >= 0xdc00 && c < 0xe000;
}

static struct span without_nuls(struct span s)
{
	while (s.n >= 2 && s.n % 2 == 0 && !s.p[s.n - 1] && !s.p[s.n - 2])
		s.n -= 2;
	return s;
}

static void add_character(struct buf *b, struct rd *r)
{
	unsigned c = rd_u16le(r);
	struct rd ahead = *r;
	unsigned next = rd_left(r) >= 2 ? rd_u16le(&ahead) : 0;
	char out[4];

	if (is_high(c) && is_low(next)) {
		*r = ahead;
		buf_add(b, out, utf8_write(out, 0x10000 + ((c & 0x3ffu) << 10 | (next & 0x3ffu))));
		return;
	}
	if (is_high(c) || is_low(c))
		buf_printf(b, "\\u%04x", c);
	else
		buf_add(b, out, utf8_write(out, c));
}

void utf16_add(struct buf *b, struct span s, size_t max)
{
	struct rd r = rd_of(without_nuls(s));

	for (size_t n = 0; rd_left(&r) >= 2; n++) {
		if (n == max) {
			buf_add_cstr(b, "...");
			return;
		}
		add_character(b, &r);
	}
	if (rd_left(&r))
		buf_printf(b, "\\x%02x", rd_u8(&r));
}

bool utf16_likely(struct span s)
{
	return s.n >= 2 && s.n % 2 == 0 && s.p[0] && !s.p[1];
}
