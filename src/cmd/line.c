#include "cmd/line.h"

#include <stdarg.h>

#include "base/banned.h"

/* Longest line: a reason of reference values in another text; what is beyond is cut. */
enum { LINE_SIZE_MAX = 64 << 10, ESCAPED = 6 };

void line_print_list(FILE *to, const char *fmt, va_list ap)
{
	struct buf b CLEANUP(buf_done) = buf_init(ESCAPED * LINE_SIZE_MAX);
	char text[LINE_SIZE_MAX];
	int n = vsnprintf(text, sizeof text, fmt, ap);

	harmless_add(&b, str_make(text, n < 0               ? 0
					: n < LINE_SIZE_MAX ? (size_t)n
							    : sizeof text - 1));
	fprintf(to, "%.*s\n", (int)b.n, b.p ? (const char *)b.p : "");
}

void line_print(FILE *to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line_print_list(to, fmt, ap);
	va_end(ap);
}

void line_block(FILE *to, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		fputc(text.p[i] == '\n' || text.p[i] == '\t' ||
					(text.p[i] >= 0x20 && text.p[i] < 0x7f)
				? text.p[i]
				: '?',
			to);
	if (text.n && text.p[text.n - 1] != '\n')
		fputc('\n', to);
}
