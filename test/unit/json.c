#include "codec/json.h"

#include "test.h"

static bool parse(const char *text, struct json *v, struct arena *a, struct err *e)
{
	return json_parse(v, str_span(str_of(text)), a, e);
}

static void refuses(void)
{
	static const char *const bad[] = {
		"",
		"{",
		"[1,]",
		"{\"a\":1,\"a\":2}",
		"{\"a\":1}x",
		"01",
		"1.",
		"1e",
		"\"\\ud800\"",
		"\"\\udc00\"",
		"\"\\ud800\\udbff\"",
		"\"\\ud800\\ue000\"",
		"\"\\u00g0\"",
		"\"\\u00G0\"",
		"\"\\u00/0\"",
		"\"\\u00:0\"",
		"\"\\u00@0\"",
		"\"\\u00`0\"",
		"\"\\x\"",
		"\"\x01\"",
		"\"\xff\"",
		"nul",
		"{a:1}",
		"[1 2]",
		"\"abc",
		"\"\\",
		"'a'",
		"+1",
		".5",
		"{\"a\" 1}",
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct json v;

		CHECK_ERR(parse(bad[i], &v, a, &e), e, ERR_FORMAT);
	}
	CHECK(!json_parse(&(struct json){ 0 }, span_make("\"\\\0\"", 4), a, &(struct err){ 0 }));
	CHECK(!json_parse(&(struct json){ 0 }, span_make("\"\0\"", 3), a, &(struct err){ 0 }));
	arena_free(a);
}

static void limits(void)
{
	struct arena *a = arena_new(1 << 20), *small = arena_new(64);
	struct err e = { 0 };
	struct json v;
	char deep[100];

	memset(deep, '[', sizeof deep - 1);
	deep[sizeof deep - 1] = 0;
	CHECK_ERR(parse(deep, &v, a, &e), e, ERR_LIMIT);
	CHECK_ERR(parse("[1,2,3,4,5,6,7,8,9]", &v, small, &e), e, ERR_LIMIT);
	arena_free(a);
	arena_free(small);
}

/* An object of n members "0", "1", ... */
static bool parse_members(unsigned n, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	struct json v;

	for (unsigned i = 0; i < n; i++)
		buf_printf(&text, "%c\"%u\":0", i ? ',' : '{', i);
	buf_u8(&text, '}');
	return json_parse(&v, buf_span(&text), a, e) && v.n == n;
}

static void members(void)
{
	struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };

	CHECK_OK(parse_members(JSON_MEMBERS_MAX, a, &e), e);
	CHECK_ERR(parse_members(JSON_MEMBERS_MAX + 1, a, &e), e, ERR_LIMIT);
	arena_free(a);
}

static void round_trip(void)
{
	static const char text[] =
		"{\n  \"format\": \"x/1\",\n  \"list\": [\n    1,\n    \"\xc3\xa4\\n\\\"\"\n  ],\n"
		"  \"none\": {},\n  \"yes\": true\n}\n";
	struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct json_out w = json_out_to(&b);
	struct err e = { 0 };
	struct json v;
	uint64_t n = 0;

	CHECK_OK(parse(text, &v, a, &e), e);
	json_value(&w, &v);
	CHECK(str_equal(buf_str(&b), str_of(text)));
	CHECK(json_u64(&json_get(&v, "list")->items[0], 9, &n) && n == 1);
	CHECK_OK(json_check_format(&v, "x/1", &e), e);
	CHECK_ERR(json_check_format(&v, "x/2", &e), e, ERR_FORMAT);
	CHECK_ERR(json_only(&v, "it", (const char *const[]){ "format", "list", "none", NULL }, &e),
		e, ERR_FORMAT);
	CHECK(json_get(&v, "yes")->line == 8);
	arena_free(a);
}

static void escapes(void)
{
	struct arena *a = arena_new(1 << 20);
	struct err e = { 0 };
	struct json v;

	CHECK_OK(parse("\"\\u00e4\\ud83d\\ude00\\/\\t\"", &v, a, &e), e);
	CHECK(str_equal(v.text, STR("\xc3\xa4\xf0\x9f\x98\x80/\t")));
	CHECK_OK(parse("\"\\u00AF\\uD800\\uDC00\\udbff\\udfff\\ud7ff\\ue000\"", &v, a, &e), e);
	CHECK(str_equal(
		v.text, STR("\xc2\xaf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80")));
	arena_free(a);
}

/* What would steer a terminal or turn text round is never written as it stands, and reads back as what it was. */
static void harmless(void)
{
	static const struct {
		const char *raw, *written;
	} cases[] = {
		{ "\x7f", "\\u007f" },
		{ "\xc2\x80", "\\u0080" },
		{ "\xc2\x9b", "\\u009b" },
		{ "\xc2\x9f", "\\u009f" },
		{ "\xc2\xa0", NULL },
		{ "\xd8\x9c", "\\u061c" },
		{ "\xe2\x80\x8b", "\\u200b" },
		{ "\xe2\x80\x8e", "\\u200e" },
		{ "\xe2\x80\x8f", "\\u200f" },
		{ "\xe2\x80\x90", NULL },
		{ "\xe2\x80\xa8", "\\u2028" },
		{ "\xe2\x80\xaa", "\\u202a" },
		{ "\xe2\x80\xae", "\\u202e" },
		{ "\xe2\x80\xaf", NULL },
		{ "\xe2\x81\xa6", "\\u2066" },
		{ "\xe2\x81\xa9", "\\u2069" },
		{ "\xef\xbb\xbf", "\\ufeff" },
		{ "\xf3\xa0\x81\x81", "\\udb40\\udc41" },
		{ "\xf0\x9f\x98\x80", NULL },
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(1 << 10), want = buf_init(1 << 10);
		struct json_out w = json_out_to(&b);
		struct err e = { 0 };
		struct json v;

		json_object(&w);
		json_put_cstr(&w, cases[i].raw, cases[i].raw);
		json_end_object(&w);
		buf_printf(&want, "{\n  \"%s\": \"%s\"\n}\n",
			cases[i].written ? cases[i].written : cases[i].raw,
			cases[i].written ? cases[i].written : cases[i].raw);
		CHECK(str_equal(buf_str(&b), buf_str(&want)));
		CHECK_OK(json_parse(&v, buf_span(&b), a, &e), e);
		CHECK(json_get(&v, cases[i].raw) && str_is(v.items[0].text, cases[i].raw));
	}
	arena_free(a);
}

int main(void)
{
	refuses();
	limits();
	members();
	round_trip();
	escapes();
	harmless();
	return test_end();
}
