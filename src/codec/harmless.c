#include "codec/harmless.h"

#include "codec/utf8.h"
#include "base/banned.h"

void harmless_add(struct buf *to, struct str text)
{
	while (text.n) {
		uint32_t cp;
		size_t n = utf8_read(text, &cp);

		if (!n)
			buf_printf(to, "\\x%02x", (unsigned char)text.p[0]);
		else if (!utf8_steers(cp))
			buf_add(to, text.p, n);
		else
			buf_printf(to, cp < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)cp);
		n = n ? n : 1;
		text = str_make(text.p + n, text.n - n);
	}
}
