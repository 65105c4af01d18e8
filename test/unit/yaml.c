#include "codec/yaml.h"

#include "test.h"

static bool parse(const char *text, struct json *v, struct arena *a, struct err *e)
{
	return yaml_parse(v, str_span(str_of(text)), a, e);
}

static void refuses(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "the document is empty" },
		{ "# nothing\n", "the document is empty" },
		{ "a: 1\nb: 2\na: 3\n", "line 3: member 'a' stands twice" },
		{ "{a: 1, \"a\": 2}", "line 1: member 'a' stands twice" },
		{ "a: &x 1\n", "line 1: anchors" },
		{ "a: &x [1]\n", "anchors" },
		{ "a: &x {b: 1}\n", "anchors" },
		{ "a: 1\nb: *a\n", "line 2: aliases" },
		{ "a: !!int 1\n", "line 1: tags" },
		{ "a: ! 1\n", "tags" },
		{ "a: !x [1]\n", "tags" },
		{ "!!map\na: 1\n", "tags" },
		{ "a: 1\n---\nb: 2\n", "line 2: one document only" },
		{ "a: 1\n...\n---\nb: 2\n", "one document only" },
		{ "%YAML 1.1\n---\na: 1\n", "directives" },
		{ "%TAG ! tag:x,2000:\n---\na: 1\n", "directives" },
		{ "? [1, 2]\n: x\n", "line 1: a member name" },
		{ "? {a: 1}\n: x\n", "a member name" },
		{ "*a : x\n", "a member name" },
		{ "a: \"x\\0y\"\n", "NUL" },
		{ "a: [1, 2\nb: 3\n", "line 2" },
		{ "a: \xff\n", "line 1: " },
		{ "a: 1\nb: 2\n\nc: \xff\n", "line 4: " },
		{ "a: 1\nb: 2\nc: x\x01\n", "line 3: control characters" },
		{ "a: 1\r\nb: 2\rc: \x7f\r\n", "line 3: control characters" },
		{ "a: 1\nb: \xc3", "line 2: " },
		{ "\xef\xbb\xbf"
		  "a: 1\n",
			"line 1: a byte order mark: wanted is UTF-8 without one" },
		{ "a: 'x\n", "line" },
		{ "a:\n\t- x\n", "line 2" },
		{ "a: x: y\n", "line 1" },
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct json v;

		CHECK_ERR(parse(bad[i].text, &v, a, &e), e, ERR_FORMAT);
		test_report(strstr(e.text, bad[i].says), __FILE__, __LINE__, e.text);
	}
	arena_free(a);
}

/* libyaml reads ahead, in pieces. */
static void far_lines(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct json v;

	for (unsigned i = 0; i < 20000; i++)
		buf_add_cstr(&text, "# a comment, in \xc3\xbc\xc3\xb6\n");
	buf_add_cstr(&text, "a: \xff\n");
	CHECK_ERR(yaml_parse(&v, buf_span(&text), a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "line 20001: "));
	arena_free(a);
}

static void members(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct json v;

	for (unsigned i = 0; i < JSON_MEMBERS_MAX; i++)
		buf_printf(&text, "%u: a\n", i);
	CHECK_OK(yaml_parse(&v, buf_span(&text), a, &e), e);
	buf_add_cstr(&text, "more: a\n");
	CHECK_ERR(yaml_parse(&v, buf_span(&text), a, &e), e, ERR_LIMIT);
	arena_free(a);
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf longest = buf_init(YAML_SIZE_MAX);
	struct arena *a = arena_new(1 << 20), *small = arena_new(64);
	struct err e = { 0 };
	struct json v;
	char deep[100];

	memset(deep, '[', sizeof deep - 1);
	deep[sizeof deep - 1] = 0;
	CHECK_ERR(parse(deep, &v, a, &e), e, ERR_LIMIT);
	CHECK_ERR(parse("[1,2,3,4,5,6,7,8,9]", &v, small, &e), e, ERR_LIMIT);
	CHECK_ERR(yaml_parse(&v, span_make("", YAML_SIZE_MAX + 1UL), a, &e), e, ERR_LIMIT);
	buf_add_cstr(&longest, "a: b\n#");
	buf_fill(&longest, '#', YAML_SIZE_MAX - longest.n);
	CHECK_OK(yaml_parse(&v, buf_span(&longest), a, &e), e);
	arena_free(a);
	arena_free(small);
}

/* One text with everything that is taken, written out as JSON. */
static void takes(void)
{
	static const char text[] = "# a comment\n"
				   "plain: no\n"
				   "number: 0755 # stays text\n"
				   "empty:\n"
				   "quoted: \"a\\tb\"\n"
				   "single: 'it''s'\n"
				   "block: |\n  one\n  two\n"
				   "folded: >-\n  one\n  two\n"
				   "flow: [a, {b: c}]\n"
				   "list:\n- x\n- y: z\n"
				   "<<: merge\n";
	static const char
		want[] = "{\n  \"plain\": \"no\",\n  \"number\": \"0755\",\n  \"empty\": \"\",\n"
			 "  \"quoted\": \"a\\tb\",\n  \"single\": \"it's\",\n"
			 "  \"block\": \"one\\ntwo\\n\",\n  \"folded\": \"one two\",\n"
			 "  \"flow\": [\n    \"a\",\n    {\n      \"b\": \"c\"\n    }\n  ],\n"
			 "  \"list\": [\n    \"x\",\n    {\n      \"y\": \"z\"\n    }\n  ],\n"
			 "  \"<<\": \"merge\"\n}\n";
	struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct json_out w = json_out_to(&b);
	struct err e = { 0 };
	struct json v;

	CHECK_OK(parse(text, &v, a, &e), e);
	json_value(&w, &v);
	CHECK(str_equal(buf_str(&b), str_of(want)));
	CHECK(json_get(&v, "flow")->line == 13);
	CHECK(json_get(&v, "list")->items[1].line == 16);
	/* Cut anywhere, it is a value or a refusal, never a crash. */
	for (size_t n = 0; n < sizeof text; n++) {
		bool ok = yaml_parse(&v, span_make(text, n), a, &e);

		CHECK(ok || e.kind == ERR_FORMAT);
	}
	arena_free(a);
}

int main(void)
{
	refuses();
	far_lines();
	limits();
	members();
	takes();
	return test_end();
}
