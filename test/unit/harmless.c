/* Words of others: what steers a screen comes out as digits, all else as it is. */
#include "codec/harmless.h"

#include "test.h"

static void is(struct str text, const char *want)
{
	CLEANUP(buf_done) struct buf b = buf_init(200);

	buf_add_cstr(&b, ">");
	harmless_add(&b, text);
	if (!str_is(str_make((const char *)b.p + 1, b.n - 1), want))
		fprintf(stderr, "'%.*s', wanted '>%s'\n", (int)b.n, (const char *)b.p, want);
	CHECK(buf_ok(&b) && str_is(str_make((const char *)b.p + 1, b.n - 1), want));
}

int main(void)
{
	is(STR(""), "");
	is(STR("plain ~"), "plain ~");
	is(STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	/* Controls: two digits below 80, four from there on. */
	is(STR("a\0b"), "a\\x00b");
	is(STR("\x1f\x20"), "\\x1f ");
	is(STR("\n\x1b[2J"), "\\x0a\\x1b[2J");
	is(STR("\x7e\x7f"), "~\\x7f");
	is(STR("\xc2\x80"), "\\u0080");
	is(STR("\xc2\x9f\xc2\xa0"), "\\u009f\xc2\xa0");
	is(STR("a\xe2\x80\xaez"), "a\\u202ez");
	is(STR("\xf3\xa0\x80\x81"), "\\ue0001");
	/* Bytes that are no UTF-8, one by one, and what goes on behind them. */
	is(STR("a\xff"), "a\\xff");
	is(STR("\x80x\xc3"), "\\x80x\\xc3");
	is(STR("\xe2\x82z"), "\\xe2\\x82z");
	is(STR("\xed\xa0\x80\xc3\xa4"), "\\xed\\xa0\\x80\xc3\xa4");
	return test_end();
}
