/* Texts of firmware, whatever their bytes are. */
#include "codec/utf16.h"

#include "test.h"

static bool gives(const void *bytes, size_t n, size_t max, const char *want)
{
	CLEANUP(buf_done) struct buf b = buf_init(200);

	utf16_add(&b, span_make(bytes, n), max);
	if (str_is(buf_str(&b), want))
		return true;
	fprintf(stderr, "got '%.*s', wanted '%s'\n", STR_ARG(buf_str(&b)), want);
	return false;
}

static void texts(void)
{
	CHECK(gives("", 0, 9, "") && gives("a\0b\0", 4, 9, "ab") && gives("a\0b\0", 4, 2, "ab"));
	CHECK(gives("a\0b\0c\0", 6, 2, "ab...") && gives("a\0", 2, 0, "..."));
	CHECK(gives("a\0b", 3, 9, "a\\x62") && gives("\xff", 1, 9, "\\xff"));
	CHECK(gives("\xe4\0", 2, 9, "\xc3\xa4") && gives("\xff\xff", 2, 9, "\xef\xbf\xbf"));
	CHECK(gives("a\0\0\0\0\0", 6, 9, "a") && gives("\0\0", 2, 9, ""));
	CHECK(gives("a\0\0\1", 4, 9, "a\xc4\x80") && gives("a\0\1\0", 4, 9, "a\x01"));
}

/* The first and the last of each half; halves that stand alone. */
static void pairs(void)
{
	CHECK(gives("\x00\xd8\x00\xdc", 4, 9, "\xf0\x90\x80\x80"));
	CHECK(gives("\xff\xdb\xff\xdf", 4, 9, "\xf4\x8f\xbf\xbf"));
	CHECK(gives("\x00\xd8\x00\xdc", 4, 1, "\xf0\x90\x80\x80"));
	CHECK(gives("\x00\xd8", 2, 9, "\\ud800") && gives("\xff\xdb", 2, 9, "\\udbff"));
	CHECK(gives("\x00\xdc", 2, 9, "\\udc00") && gives("\xff\xdf", 2, 9, "\\udfff"));
	CHECK(gives("\x00\xd8\xff\xdb", 4, 9, "\\ud800\\udbff"));
	CHECK(gives("\x00\xd8\x00\xe0", 4, 9, "\\ud800\xee\x80\x80"));
	CHECK(gives("\xff\xd7\x00\xdc", 4, 9, "\xed\x9f\xbf\\udc00"));
}

static void likely(void)
{
	CHECK(utf16_likely(span_make("a\0", 2)) && utf16_likely(span_make("a\0b\0", 4)));
	CHECK(!utf16_likely(span_make("", 0)) && !utf16_likely(span_make("a\0b", 3)));
	CHECK(!utf16_likely(span_make("ab", 2)) && !utf16_likely(span_make("\0a", 2)));
	CHECK(!utf16_likely(span_make("\0\0", 2)));
}

int main(void)
{
	texts();
	pairs();
	likely();
	return test_end();
}
