/*
 * A text that a unit test makes, held against test/golden/NAME.txt, where the whole of it stands as it is to be. UPDATE=1
 * writes the file anew; what changed in it is to be read like code.
 */
#ifndef ASSAY_TEST_GOLDEN_TEXT_H
#define ASSAY_TEST_GOLDEN_TEXT_H

#include "base/buf.h"
#include "test.h"

enum { GOLDEN_TEXT_LINE = 1 << 15, GOLDEN_TEXT_HEX = 8 };

static size_t golden_text_digits(struct str s, const char *digits)
{
	size_t n = 0;

	while (n < s.n && strchr(digits, s.p[n]))
		n++;
	return n;
}

/* Whether the number at the start of rest is a place or a size: "at 3149", "3149 bytes", "3149 are there". */
static bool golden_text_is_size(struct str s, size_t at, size_t n)
{
	struct str rest = str_make(s.p + at + n, s.n - at - n);

	return n >= 3 && (str_starts(rest, " bytes") || str_starts(rest, " are there") ||
				 (at >= 3 && !memcmp(s.p + at - 3, "at ", 3) &&
					 (!rest.n || rest.p[0] == ':')));
}

/*
 * Words without what keys made at random have a part in: of hexadecimal numbers of eight digits and more only the length,
 * and "N" for places and sizes in bytes of three digits.
 */
__attribute__((unused)) static void golden_text_add(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		struct str rest = str_make(s.p + i, s.n - i);
		size_t hex = golden_text_digits(rest, "0123456789abcdef");
		size_t decimal = golden_text_digits(rest, "0123456789");

		if (hex >= GOLDEN_TEXT_HEX)
			buf_printf(b, "#%zu", hex);
		else if (golden_text_is_size(s, i, decimal))
			buf_add_cstr(b, "N");
		else
			buf_add(b, rest.p, hex ? hex : 1);
		i += hex ? hex : 1;
	}
}

#ifdef TEST_DIR
/* Says where they part. */
static void golden_text_compare(FILE *f, struct str text, const char *path)
{
	static char line[GOLDEN_TEXT_LINE];
	struct str rest = text, is;
	unsigned n = 0;

	while (fgets(line, sizeof line, f)) {
		(void)str_cut(rest, '\n', &is, &rest);
		n++;
		line[strcspn(line, "\n")] = 0;
		if (!str_is(is, line)) {
			fprintf(stderr, "%s:%u: is '%.*s'\nnot '%s'\n", path, n, STR_ARG(is), line);
			test_report(false, path, (int)n, "what it was before");
			return;
		}
	}
	test_report(!rest.n, path, (int)n, "nothing more than there was before");
}

/* Releases b. */
__attribute__((unused)) static void golden_text(struct buf *b, const char *name)
{
	bool update = getenv("UPDATE") != NULL;
	char path[1000];
	FILE *f;

	snprintf(path, sizeof path, "%s/golden/%s.txt", TEST_DIR, name);
	f = fopen(path, update ? "w" : "r");
	test_report(f && buf_ok(b), path, 0, "to be opened, and the text complete");
	if (f && update)
		fwrite(b->p, 1, b->n, f);
	else if (f)
		golden_text_compare(f, buf_str(b), path);
	if (f)
		fclose(f);
	buf_done(b);
}

#endif

#endif
