#include "deb/control.h"

#include "base/buf.h"
#include "base/mem.h"
#include "test.h"

static const char two[] = "Package: a\n"
			  "Version: 1.0-1\n"
			  "Depends: libc6 (>= 2.36),\n"
			  " b | c\n"
			  "Description: short\n"
			  " long\n"
			  " .\n"
			  "  indented\n"
			  "\n\n"
			  "package:b\n"
			  "Empty:\n"
			  "Folded:\n"
			  " x 1\n"
			  "\ty 2\n";

static void reading(void)
{
	struct control_reader r;
	struct control_stanza s;
	struct str v, line, word;
	struct err e;
	bool found;

	control_init(&r, span_make(two, sizeof two - 1));
	CHECK_OK(control_next(&r, &s, &found, &e), e);
	CHECK(found && s.n == 4 && s.line == 1);
	CHECK(str_is(control_field(&s, "package"), "a"));
	CHECK(str_is(control_field(&s, "Depends"), "libc6 (>= 2.36),\n b | c"));
	CHECK(str_is(control_field(&s, "Description"), "short\n long\n .\n  indented"));
	CHECK(!control_field(&s, "Depend").p);
	CHECK(str_starts(s.text, "Package: a") && str_ends(s.text, "  indented\n\n"));
	CHECK_OK(control_next(&r, &s, &found, &e), e);
	CHECK(found && s.line == 11 && str_is(control_field(&s, "Package"), "b"));
	CHECK(control_field(&s, "Empty").p && control_field(&s, "Empty").n == 0);
	CHECK_ERR(control_need(&s, "Empty", &v, &e), e, ERR_FORMAT);
	CHECK_ERR(control_need(&s, "Missing", &v, &e), e, ERR_FORMAT);
	CHECK_OK(control_need(&s, "Folded", &v, &e), e);
	CHECK(control_line(&v, &line) && str_is(line, "x 1"));
	CHECK(control_word(&line, &word) && str_is(word, "x"));
	CHECK(control_word(&line, &word) && str_is(word, "1"));
	CHECK(!control_word(&line, &word));
	CHECK(control_line(&v, &line) && str_is(line, "y 2") && !control_line(&v, &line));
	CHECK_OK(control_next(&r, &s, &found, &e), e);
	CHECK(!found);
}

static void refused(void)
{
	static const struct {
		const char *text;
		const char *says; /* NULL: accepted as one stanza */
	} cases[] = {
		{ "A: 1\n", NULL },
		{ "A: 1", NULL },
		{ "\n\nA: 1\n\n\n", NULL },
		{ "A:1\r\n", NULL },
		{ "A: \xc3\xa9\n", NULL },
		{ "", "no stanza" },
		{ "\n\n", "no stanza" },
		{ "A\n", "line 1" },
		{ "A: 1\nB\n", "line 2" },
		{ " x\n", "continuation" },
		{ "\n x\n", "line 2" },
		{ "A: 1\n \nB: 2\n", "only blanks" },
		{ "A: 1\na: 2\n", "second time" },
		{ ": x\n", "printable" },
		{ "A b: x\n", "printable" },
		{ "#A: x\n", "printable" },
		{ "-----BEGIN: x\n", "printable" },
		{ "\xc3\xa9: x\n", "printable" },
		{ "A: 1\n\nB: 2\n", "second stanza" },
	};
	struct control_stanza s;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = { 0 };
		bool ok = control_one(&s, str_span(str_of(cases[i].text)), &e);

		test_report(ok == !cases[i].says && (ok || strstr(e.text, cases[i].says)), __FILE__,
			__LINE__, cases[i].text);
	}
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(CONTROL_STANZA_MAX + 4096);
	struct control_stanza s;
	struct err e;

	CHECK_ERR(control_one(&s, span_make("A: x\0y\n", 7), &e), e, ERR_FORMAT);
	for (int i = 0; i <= CONTROL_FIELDS_MAX; i++) {
		CHECK(i == 0 || control_one(&s, buf_span(&b), &e));
		buf_printf(&b, "F%d: x\n", i);
	}
	CHECK_ERR(control_one(&s, buf_span(&b), &e), e, ERR_LIMIT);
	b.n = 0;
	buf_fill(&b, 'n', CONTROL_NAME_MAX + 1);
	buf_add_cstr(&b, ": x\n");
	CHECK_ERR(control_one(&s, buf_span(&b), &e), e, ERR_FORMAT);
	b.n = 0;
	buf_add_cstr(&b, "A: ");
	buf_fill(&b, 'x', CONTROL_STANZA_MAX);
	CHECK_ERR(control_one(&s, buf_span(&b), &e), e, ERR_LIMIT);
}

/* No length of the text may be read past; every prefix either parses or fails. */
static void truncated(void)
{
	for (size_t n = 0; n < sizeof two; n++) {
		CLEANUP(mem_free) char *copy = mem_string(str_make(two, n));
		struct control_reader r;
		struct control_stanza s;
		struct err e = { 0 };
		bool found = true;

		control_init(&r, span_make(copy, n));
		while (found && control_next(&r, &s, &found, &e))
			;
		CHECK(!found || e.kind == ERR_FORMAT);
	}
}

int main(void)
{
	reading();
	refused();
	limits();
	truncated();
	return test_end();
}
