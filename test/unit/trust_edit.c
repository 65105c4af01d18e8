/* Additions to a trust file leave every other byte as it was, or nothing is written. */
#include "cmd/trust_edit.h"

#include "codec/yaml.h"
#include "test.h"

static struct arena *a;

#define ONE "name: new\noperator: New\nkey: k"

static const struct trust_edit rebuilder = { "rebuilders", NULL, { ONE, sizeof ONE - 1 }, true };
static const struct trust_edit witness = { "witnesses", "keys", { "w9", 2 }, true };
static const struct trust_edit quorum = { "witnesses", "quorum", { "2", 1 }, false };
static const struct trust_edit vouchers = { "vouchers", "rebuilders", { "3", 1 }, false };

static void edits(void)
{
	static const struct {
		const struct trust_edit *edit;
		const char *before, *after;
	} rows[] = {
		/* a member that is not there comes at the end */
		{ &rebuilder, "# mine\nformat: x\n# end\n",
			"# mine\nformat: x\n# end\n\nrebuilders:\n  - name: new\n    operator: New\n    key: k\n" },
		{ &rebuilder, "format: x",
			"format: x\n\nrebuilders:\n  - name: new\n    operator: New\n    key: k\n" },
		{ &vouchers, "format: x\n", "format: x\n\nvouchers:\n  rebuilders: 3\n" },
		{ &witness, "format: x\n", "format: x\n\nwitnesses:\n  keys:\n    - w9\n" },
		/* behind the last element, before the comments of what follows */
		{ &rebuilder,
			"rebuilders: # who\n  - name: a # first\n    key: b\n\n# logs\nlogs:\n  - x\n",
			"rebuilders: # who\n  - name: a # first\n    key: b\n  - name: new\n    operator: New\n    key: k\n\n# logs\nlogs:\n  - x\n" },
		/* as it is indented there */
		{ &rebuilder, "rebuilders:\n- name: a\nlogs: x\n",
			"rebuilders:\n- name: a\n- name: new\n  operator: New\n  key: k\nlogs: x\n" },
		{ &rebuilder, "rebuilders:\n      - name: a\n",
			"rebuilders:\n      - name: a\n      - name: new\n        operator: New\n        key: k\n" },
		{ &rebuilder, "rebuilders:\n  - {name: a, key: b}\n# the end",
			"rebuilders:\n  - {name: a, key: b}\n  - name: new\n    operator: New\n    key: k\n# the end\n" },
		{ &rebuilder, "rebuilders: [] # nobody\nformat: x\n",
			"rebuilders:  # nobody\n  - name: new\n    operator: New\n    key: k\nformat: x\n" },
		/* a member of a member */
		{ &witness, "witnesses:\n  keys:\n    - w1 # the first\n  quorum: 1\n",
			"witnesses:\n  keys:\n    - w1 # the first\n    - w9\n  quorum: 1\n" },
		{ &witness, "witnesses:\n  quorum: 1\n  keys:\n  - w1\nlogs:\n  - keys: y\n",
			"witnesses:\n  quorum: 1\n  keys:\n  - w1\n  - w9\nlogs:\n  - keys: y\n" },
		{ &quorum, "witnesses:\n  quorum: 1 # of two\n  keys:\n    - w1\n",
			"witnesses:\n  quorum: 2 # of two\n  keys:\n    - w1\n" },
		{ &vouchers, "vouchers:\n  rebuilders: '2'\n", "vouchers:\n  rebuilders: 3\n" },
		{ &quorum, "witnesses:\n    keys:\n    - w1\n# x\n",
			"witnesses:\n    keys:\n    - w1\n    quorum: 2\n# x\n" },
		{ &witness, "witnesses:\n  # how many\n   quorum: 1\nlogs: x\n",
			"witnesses:\n  # how many\n   quorum: 1\n   keys:\n     - w9\nlogs: x\n" },
		/* what only looks like it */
		{ &rebuilder, "x: |\n  rebuilders:\n    - no\n# rebuilders:\n",
			"x: |\n  rebuilders:\n    - no\n# rebuilders:\n\nrebuilders:\n  - name: new\n    operator: New\n    key: k\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(buf_done) struct buf out = buf_init(64 << 10);
		struct err e = { 0 };

		CHECK_OK(
			trust_edit(&out, str_span(str_of(rows[i].before)), rows[i].edit, a, &e), e);
		CHECK(str_is(buf_str(&out), rows[i].after));
		if (!str_is(buf_str(&out), rows[i].after))
			fprintf(stderr, "%s-- gave\n%.*s", rows[i].before, STR_ARG(buf_str(&out)));
	}
}

/* What cannot be added to by lines is left to its owner, who is told what to write. */
static void refuses(void)
{
	static const struct {
		const struct trust_edit *edit;
		const char *text;
	} rows[] = {
		{ &rebuilder, "rebuilders: [{name: a}]\n" },
		{ &rebuilder, "rebuilders: [\n  {name: a}]\n" },
		{ &rebuilder, "{format: x, rebuilders: []}\n" },
		{ &rebuilder, "{\"format\": \"x\"}\n" },
		{ &rebuilder, "\"rebuilders\":\n  - name: a\n" },
		{ &rebuilder, "format: x\n...\n" },
		{ &witness, "witnesses: {quorum: 1, keys: [w1]}\n" },
		{ &witness, "witnesses:\n  quorum: 1\n  keys: [w1]\n" },
		{ &quorum, "witnesses: {quorum: 1, keys: [w1]}\n" },
		{ &vouchers, "vouchers:\n  rebuilders:\n    2\n" },
		{ &vouchers, "vouchers:\n  rebuilders: \"#2\"\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(buf_done) struct buf out = buf_init(64 << 10);
		struct err e = { 0 };

		CHECK_ERR(trust_edit(&out, str_span(str_of(rows[i].text)), rows[i].edit, a, &e), e,
			ERR_USAGE);
		CHECK(!out.n && strstr(e.hint, "by hand") && strstr(e.hint, rows[i].edit->member));
	}
}

static void scalars(void)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{ "alice-1", "alice-1" },
		{ "Alice of Example.org", "Alice of Example.org" },
		{ "ed25519:AQ/B+Q==", "ed25519:AQ/B+Q==" },
		{ "log.example/a+530d903a+Aeky", "log.example/a+530d903a+Aeky" },
		{ "", "\"\"" },
		{ "a: b", "\"a: b\"" },
		{ "a:", "\"a:\"" },
		{ "- a", "\"- a\"" },
		{ "a #b", "\"a #b\"" },
		{ "\"", "\"\\\"\"" },
		{ "line\nend", "\"line\\nend\"" },
		{ "@x", "\"@x\"" },
		{ "[x]", "\"[x]\"" },
		{ "\xc3\xa4", "\"\xc3\xa4\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str s = trust_edit_scalar(str_of(rows[i].text), a);
		struct json v;
		struct err e = { 0 };

		CHECK(str_is(s, rows[i].written));
		CHECK_OK(yaml_parse(&v, str_span(arena_printf(a, "k: %.*s\n", STR_ARG(s))), a, &e),
			e);
		CHECK(v.n == 1 && str_is(v.items[0].text, rows[i].text));
	}
}

int main(void)
{
	a = arena_new(64 << 20);
	edits();
	refuses();
	scalars();
	arena_free(a);
	return test_end();
}
