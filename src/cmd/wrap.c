#include "cmd/wrap.h"

#include <stdio.h>

#include "cmd/line.h"
#include "base/banned.h"

enum { COLUMNS = 79, LINES_MAX = 1 << 20 };

static void print_line(unsigned indent, struct buf *line)
{
	line_print(stdout, "%*s%.*s", (int)indent, "", STR_ARG(buf_str(line)));
	line->n = 0;
}

static void print(unsigned indent, bool behind, struct str text)
{
	CLEANUP(buf_done) struct buf line = buf_init(LINES_MAX);
	unsigned before = behind ? 0 : indent;

	while (text.n) {
		struct str word;

		(void)str_cut(text, ' ', &word, &text);
		if (!word.n)
			continue;
		if (line.n && indent + line.n + 1 + word.n > COLUMNS) {
			print_line(before, &line);
			before = indent;
		}
		buf_printf(&line, "%s%.*s", line.n ? " " : "", STR_ARG(word));
	}
	if (line.n || behind)
		print_line(before, &line);
}

void wrap_print(unsigned indent, struct str text)
{
	print(indent, false, text);
}

void wrap_print_behind(unsigned indent, struct str text)
{
	print(indent, true, text);
}
