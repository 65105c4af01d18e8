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
	arena_free(a);
}

int main(void)
{
	refuses();
	limits();
	members();
	round_trip();
	escapes();
	return test_end();
}
