#include "codec/json_base64.h"

#include "test.h"

#define TEXT "{\"four\": \"AAECAw==\", \"none\": \"\", \"number\": 4, \"bad\": \"AAE\"}"

static void members(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 16);
	struct err e = { 0 };
	struct span s = { 0 };
	struct json v;

	CHECK_OK(json_parse(&v, str_span(STR(TEXT)), a, &e), e);
	CHECK_OK(json_base64_get(&v, "four", 4, &s, a, &e), e);
	CHECK(s.n == 4 && !memcmp(s.p, "\0\1\2\3", 4));
	CHECK_OK(json_base64_get(&v, "none", 0, &s, a, &e), e);
	CHECK(s.n == 0);
	CHECK_ERR(json_base64_get(&v, "four", 3, &s, a, &e), e, ERR_LIMIT);
	CHECK(!strcmp(e.text, "line 1: 4 bytes, limit 3"));
	CHECK_ERR(json_base64_get(&v, "number", 4, &s, a, &e), e, ERR_FORMAT);
	CHECK(!strcmp(e.text, "line 1: want base64"));
	CHECK_ERR(json_base64_get(&v, "bad", 4, &s, a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "line 1: base64 of 3 characters"));
	CHECK_ERR(json_base64_get(&v, "other", 4, &s, a, &e), e, ERR_FORMAT);
	CHECK(!strcmp(e.text, "member 'other' is missing"));
	CHECK(s.n == 0);
}

static void written(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 10);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_base64_put(&w, "four", span_make("\0\1\2\3", 4));
	json_key(&w, "list");
	json_array(&w);
	json_base64_put(&w, NULL, span_make("\xff\xfe\xfd", 3));
	json_base64_put(&w, NULL, span_make(NULL, 0));
	json_end_array(&w);
	json_end_object(&w);
	CHECK(str_is(buf_str(&b),
		"{\n  \"four\": \"AAECAw==\",\n  \"list\": [\n    \"//79\",\n    \"\"\n  ]\n}\n"));
}

int main(void)
{
	members();
	written();
	return test_end();
}
