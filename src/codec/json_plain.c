#include "codec/json_plain.h"

#include "base/banned.h"

enum { DEL = 0x7f };

static uint64_t eight_of(uint8_t byte)
{
	return 0x0101010101010101u * byte;
}

/*
 * Whether one of eight bytes is not plain. The highest bit of a byte is set in one of the terms when it is below 0x20, a
 * quote, a backslash, beyond ASCII or DEL; a borrow reaches only bytes behind such a one.
 */
static bool other_than_plain(uint64_t eight)
{
	uint64_t any = eight | (eight + eight_of(1)) | (eight - eight_of(0x20)) |
		       ((eight ^ eight_of('"')) - eight_of(1)) |
		       ((eight ^ eight_of('\\')) - eight_of(1));

	return any & eight_of(0x80);
}

size_t json_plain(struct str s)
{
	size_t n = 0;

	for (uint64_t eight; s.n - n >= sizeof eight; n += sizeof eight) {
		memcpy(&eight, s.p + n, sizeof eight);
		if (other_than_plain(eight))
			break;
	}
	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < DEL && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n;
}
