#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "box/trace.h"
#include "base/banned.h"

/* Beyond these a step is not told apart from one that floods its log. */
enum { NOTES_MAX = 4096 };

void trace_note(struct tracer *t, const char *kind, const char *what)
{
	struct box_result *r = t->result;
	char text[BOX_NOTE_SIZE], line[BOX_NOTE_SIZE + 64], *key;
	int n;

	snprintf(text, sizeof text, "%s: %s", kind, what);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	if (!t->notes)
		t->notes = map_new();
	if (map_get(t->notes, str_of(text)) || r->n_notes == NOTES_MAX)
		return;
	key = mem_string(str_of(text));
	map_set(t->notes, str_of(key), key);
	if (r->n_notes < BOX_NOTES_MAX)
		snprintf(r->notes[r->n_notes], BOX_NOTE_SIZE, "%s", text);
	r->n_notes++;
	n = snprintf(line, sizeof line, "assay: undeclared input: %s\n", text);
	if (write(t->log_fd, line, (size_t)n) != n)
		return; /* the result has it */
}
