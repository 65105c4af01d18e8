#include "template/template_text.h"

#include "base/banned.h"

/* The word that s begins with, or NULL. */
static const struct template_word *word_at(struct str s, const struct template_word *words)
{
	for (const struct template_word *w = words; w->word; w++)
		if (str_starts(s, w->word))
			return w;
	return NULL;
}

static void add_line(struct buf *out, struct str line, const struct template_word *words)
{
	while (line.n) {
		const struct template_word *w = line.p[0] == '@' ? word_at(line, words) : NULL;
		size_t n = w ? strlen(w->word) : 1;

		if (w)
			buf_add_str(out, w->value);
		else
			buf_add(out, line.p, 1);
		line = str_make(line.p + n, line.n - n);
	}
	buf_u8(out, '\n');
}

/* Takes the mark off; false for a line of another template. */
static bool keep_line(struct str *line, const char *name, const char *const names[])
{
	struct str mark, rest;

	if (!str_cut(*line, '|', &mark, &rest))
		return true;
	for (size_t i = 0; names[i]; i++) {
		if (!str_is(mark, names[i]))
			continue;
		*line = rest;
		return str_is(mark, name);
	}
	return true;
}

void template_text_fill(struct buf *out, struct str text, const char *name,
	const char *const names[], const struct template_word *words)
{
	while (text.n) {
		struct str line;

		(void)str_cut(text, '\n', &line, &text);
		if (keep_line(&line, name, names))
			add_line(out, line, words);
	}
}
