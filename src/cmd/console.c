#include "cmd/console.h"

#include <stdio.h>

#include "vm/qemu.h"
#include "base/banned.h"

static void show(struct console *c, const char *text)
{
	if (c->quiet)
		return;
	if (progress_on_terminal(c->progress))
		progress_text(c->progress, text);
	else
		fprintf(stderr, "%s\n", text);
}

void console_line(struct console *c, struct str line)
{
	char text[QEMU_LINE_MAX + 1];
	size_t n = line.n < QEMU_LINE_MAX ? line.n : QEMU_LINE_MAX;

	for (size_t i = 0; i < n; i++)
		text[i] = (char)(line.p[i] >= ' ' && line.p[i] <= '~' ? line.p[i] : ' ');
	text[n] = 0;
	show(c, text);
	if (text[strspn(text, " ")])
		snprintf(c->last, sizeof c->last, "%.*s", CONSOLE_LAST_MAX - 1, text);
	if (!c->why[0] && (strstr(text, "assay-init: ") || strstr(text, "Kernel panic")))
		memcpy(c->why, c->last, sizeof c->why);
}
