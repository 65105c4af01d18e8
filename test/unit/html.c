#include "page/html.h"

#include "test.h"

static void is(const struct buf *b, const char *want)
{
	bool same = str_is(buf_str(b), want);

	CHECK(same);
	if (!same)
		fprintf(stderr, "  '%.*s' is not '%s'\n", STR_ARG(buf_str(b)), want);
}

static void escapes(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "plain, with $ and % and \\", "plain, with $ and % and \\" },
		{ "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ "\"><img src=x onerror='a'>", "&quot;&gt;&lt;img src=x onerror=&#39;a&#39;&gt;" },
		{ "&lt; &amp;", "&amp;lt; &amp;amp;" },
		{ "-->]]>", "--&gt;]]&gt;" },
		/* What turns text round, hides or joins: written out. */
		{ "a\xe2\x80\xae"
		  "b",
			"a\\u202eb" },
		{ "\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8b", "\\u2066x\\u2069\\u200b" },
		{ "\xef\xbb\xbf\xc2\xad", "\\ufeff\\u00ad" },
		{ "\n\t\r\x1b[2J\x7f", "\\x0a\\x09\\x0d\\x1b[2J\\x7f" },
		{ "\xc2\x9b"
		  "8m",
			"\\u009b8m" },
		/* What is no UTF-8: overlong '<', cut short, a surrogate, a lone byte. */
		{ "\xc0\xbc", "\\xc0\\xbc" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xff<", "\\xff&lt;" },
		/* Letters of others stay. */
		{ "\xd7\xa9\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80",
			"\xd7\xa9\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(1024);

		html_cstr(&b, cases[i].text);
		is(&b, cases[i].want);
	}
}

/* Whatever single byte or character it is, nothing of it can begin or end markup. */
static void all_characters(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);

	for (unsigned c = 0; c < 256; c++) {
		char one = (char)c;

		html_text(&b, str_make(&one, 1));
	}
	CHECK(buf_ok(&b));
	for (size_t i = 0; i < b.n; i++)
		CHECK(b.p[i] >= 0x20 && b.p[i] < 0x7f && b.p[i] != '<' && b.p[i] != '>' &&
			b.p[i] != '"' && b.p[i] != '\'');
}

static void elements(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1024);
	struct digest d = { .alg = DIGEST_SHA256, .bytes = { 0xab } };
	static const uint8_t bytes[] = { 0, 0x1f };

	html_element(&b, "td class=\"n\"", STR("<&"));
	html_element(&b, "b", STR(""));
	html_hex(&b, SPAN_OF(bytes));
	html_printf(&b, "%s %d", "<>", 7);
	is(&b, "<td class=\"n\">&lt;&amp;</td><b></b><code>001f</code>&lt;&gt; 7");
	buf_done(&b);
	b = buf_init(1024);
	html_digest(&b, &d);
	is(&b, "<code>ab00000000000000000000000000000000000000000000000000000000000000</code>");
}

static void amounts(void)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} cases[] = { { 0, "0 bytes" }, { 1, "1 byte" }, { 999, "999 bytes" }, { 1000, "1.0 kB" },
		{ 1099, "1.0 kB" }, { 999999, "999.9 kB" }, { 1000000, "1.0 MB" },
		{ 110765695, "110.7 MB" }, { UINT64_MAX, "18446744073709.5 MB" } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(64);

		html_bytes(&b, cases[i].bytes);
		is(&b, cases[i].want);
	}
	for (size_t n = 0; n < 3; n++) {
		CLEANUP(buf_done) struct buf b = buf_init(64);

		html_count(&b, n, "event");
		is(&b, n == 0 ? "0 events" : n == 1 ? "1 event" : "2 events");
	}
}

/* The frame of a page: nothing may be loaded, and the title is text. */
static void frame(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(64 << 10);
	const char *text;

	html_begin(&b, STR("</title><script>"), "i{color:red}\n");
	html_end(&b);
	buf_u8(&b, 0);
	CHECK(buf_ok(&b));
	text = (const char *)b.p;
	CHECK(strstr(text,
		"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"));
	CHECK(strstr(text, "<title>&lt;/title&gt;&lt;script&gt;</title>"));
	CHECK(strstr(text, "prefers-color-scheme:dark") && strstr(text, "i{color:red}"));
	CHECK(strstr(text, "lang=\"en\"") && strstr(text, "charset=\"utf-8\""));
	CHECK(!strstr(text, "<script") && !strstr(text, "url(") && !strstr(text, "@import"));
	CHECK(!strstr(text, "http:") && !strstr(text, "https:") && !strstr(text, "src="));
}

int main(void)
{
	escapes();
	all_characters();
	elements();
	amounts();
	frame();
	return test_end();
}
