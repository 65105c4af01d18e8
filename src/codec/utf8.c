#include "codec/utf8.h"

#include "base/banned.h"

size_t utf8_read(struct str s, uint32_t *cp)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t c = s.n ? (uint8_t)s.p[0] : 0xff;
	size_t n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;
	uint32_t v;

	if (n == 0 || n > s.n)
		return 0;
	v = n == 1 ? c : c & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((uint8_t)s.p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | ((uint8_t)s.p[i] & 0x3f);
	}
	if (v < smallest[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*cp = v;
	return n;
}

/* How many whole words of eight bytes at the beginning are ASCII, in bytes: nearly all of a long text is. */
static size_t ascii(struct str s)
{
	size_t n = 0;

	for (uint64_t word; s.n - n >= sizeof word; n += sizeof word) {
		memcpy(&word, s.p + n, sizeof word);
		if (word & 0x8080808080808080u)
			break;
	}
	return n;
}

bool utf8_valid(struct str s)
{
	uint32_t cp;

	while (s.n) {
		size_t n = ascii(s);

		if (!n)
			n = utf8_read(s, &cp);
		if (!n)
			return false;
		s = str_make(s.p + n, s.n - n);
	}
	return true;
}

size_t utf8_write(char *out, uint32_t cp)
{
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	if (n == 1) {
		out[0] = (char)cp;
		return 1;
	}
	for (size_t i = n; i > 1; i--, cp >>= 6)
		out[i - 1] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)((0xf00u >> n & 0xff) | cp);
	return n;
}

bool utf8_steers(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c ||
	       cp == 0x180e || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp >= 0xfff9 && cp <= 0xfffb) ||
	       (cp >= 0xe0000 && cp <= 0xe0fff);
}

bool utf8_to_utf16le(struct buf *b, struct str s)
{
	uint32_t cp;

	while (s.n) {
		size_t n = utf8_read(s, &cp);

		if (!n)
			return false;
		if (cp >= 0x10000) {
			buf_u16le(b, (uint16_t)(0xd800 + ((cp - 0x10000) >> 10)));
			buf_u16le(b, (uint16_t)(0xdc00 + ((cp - 0x10000) & 0x3ff)));
		} else {
			buf_u16le(b, (uint16_t)cp);
		}
		s = str_make(s.p + n, s.n - n);
	}
	return true;
}
