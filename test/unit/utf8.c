/* UTF-8 at the edges of RFC 3629's table, whole texts word by word, and what steers a screen. */
#include "codec/utf8.h"

#include "test.h"

/* The first and the last code point of each length, and around the surrogates. */
static void edges(void)
{
	static const struct {
		uint32_t cp;
		const char *text;
	} good[] = { { 0, "" }, { 0x7f, "\x7f" }, { 0x80, "\xc2\x80" }, { 0x7ff, "\xdf\xbf" },
		{ 0x800, "\xe0\xa0\x80" }, { 0xd7ff, "\xed\x9f\xbf" }, { 0xe000, "\xee\x80\x80" },
		{ 0xffff, "\xef\xbf\xbf" }, { 0x10000, "\xf0\x90\x80\x80" },
		{ 0x10ffff, "\xf4\x8f\xbf\xbf" } };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		size_t n = strlen(good[i].text) + !good[i].cp;
		uint32_t cp = 1;
		char out[4];

		CHECK(utf8_read(str_make(good[i].text, n), &cp) == n && cp == good[i].cp);
		CHECK(utf8_write(out, good[i].cp) == n && !memcmp(out, good[i].text, n));
		CHECK(utf8_valid(str_make(good[i].text, n)));
		CHECK(n == 1 || !utf8_valid(str_make(good[i].text, n - 1)));
	}
}

static void refuses(void)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xff", "\xc2", "\xc2x", "\xc2\xc0", "\xe1\x80",
		"\xe1\x80x", "\xf1\x80\x80", "\xf1\x80\x80x" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[24] = "12345678";
		uint32_t cp = 7;

		CHECK(!utf8_read(str_of(bad[i]), &cp) && cp == 7);
		CHECK(!utf8_valid(str_of(bad[i])));
		/* at each place around a word of eight bytes */
		for (size_t at = 0; at <= 9; at++) {
			memset(text, 'x', sizeof text);
			memcpy(text + at, bad[i], strlen(bad[i]));
			CHECK(!utf8_valid(str_make(text, at + strlen(bad[i]))));
			CHECK(!utf8_valid(str_make(text, sizeof text)));
		}
	}
	CHECK(utf8_valid(str_of("")) && utf8_valid(str_of("12345678abcdefgh")));
	CHECK(utf8_valid(str_of("1234567\xc3\xa4"
				"12345678")));
}

static void steers(void)
{
	static const struct {
		uint32_t from, to;
	} runs[] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff } };

	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		CHECK(utf8_steers(runs[i].from) && utf8_steers(runs[i].to));
		CHECK(!runs[i].from || !utf8_steers(runs[i].from - 1));
		CHECK(!utf8_steers(runs[i].to + 1));
	}
}

static void to_utf16(void)
{
	static const uint8_t want[] = { 'a', 0, 0xff, 0xff, 0x00, 0xd8, 0x00, 0xdc, 0xff, 0xdb,
		0xff, 0xdf };
	CLEANUP(buf_done) struct buf b = buf_init(100);

	CHECK(utf8_to_utf16le(&b, str_of("a\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")));
	CHECK(span_equal(buf_span(&b), SPAN_OF(want)));
	CHECK(!utf8_to_utf16le(&b, str_of("a\xff")));
}

int main(void)
{
	edges();
	refuses();
	steers();
	to_utf16();
	return test_end();
}
