#include "lock/resolve.h"

#include "base/buf.h"

#include "test.h"

/*
 * Cases of the solver: indexes, what is wanted, what is left out, and what comes of it, one line a package
 * ("NAME VERSION INDEX WHY") and one for each name that was cut ("- NAME").
 */
#define P(name, version, more) \
	"Package: " name "\nVersion: " version "\nArchitecture: amd64\n" more "\n"
#define BASE P("base", "1", "Essential: yes\nDepends: libc\n") P("libc", "1", "")

struct solver_case {
	const char *what;
	const char *texts[3];
	const char *names, *left_out; /* separated by blanks */
	const char *want;             /* or, with '!', what the error says */
};

static const struct solver_case cases[] = {
	{ "essential packages come along", { BASE P("a", "1", "") }, "a", "",
		"a 1 0 seed\nbase 1 0 essential\nlibc 1 0 dependency of base\n" },
	{ "the highest version of all suites",
		{ P("a", "1.9", ""), P("a", "1.10", ""), P("a", "1.10~rc1", "") }, "a", "",
		"a 1.10 1 seed\n" },
	{ "an epoch outweighs everything", { P("a", "2.0", ""), P("a", "1:0.1", "") }, "a", "",
		"a 1:0.1 1 seed\n" },
	{ "of equal packages the first index's", { P("a", "1", ""), P("a", "1", "") }, "a", "",
		"a 1 0 seed\n" },
	{ "the first alternative",
		{ P("a", "1", "Depends: z | b\n") P("b", "1", "") P("z", "1", "") }, "a", "",
		"a 1 0 seed\nz 1 0 dependency of a\n" },
	{ "the first alternative that exists",
		{ P("a", "1", "Depends: y | z | b\n") P("b", "1", "") P("z", "1", "") }, "a", "",
		"a 1 0 seed\nz 1 0 dependency of a\n" },
	{ "the first alternative whose version does",
		{ P("a", "1", "Depends: z (>= 2) | b\n") P("b", "1", "") P("z", "1", "") }, "a", "",
		"a 1 0 seed\nb 1 0 dependency of a\n" },
	{ "an alternative that is wanted anyway is enough",
		{ P("a", "1", "Depends: z | b\n") P("b", "1", "") P("z", "1", "") }, "a b", "",
		"a 1 0 seed\nb 1 0 seed\n" },
	{ "alternatives of what an alternative brought",
		{ P("a", "1", "Depends: c | b\n") P("b", "1", "") P("c", "1", "Depends: z | y\n")
				P("y", "1", "") P("z", "1", "") },
		"a", "", "a 1 0 seed\nc 1 0 dependency of a\nz 1 0 dependency of c\n" },
	{ "a real package before one that provides its name",
		{ P("a", "1", "Depends: z\n") P("b", "1", "Provides: z\n") P("z", "1", "") }, "a",
		"", "a 1 0 seed\nz 1 0 dependency of a\n" },
	{ "of packages that provide a name the one with the highest priority",
		{ P("a", "1", "Depends: awk\n")
				P("gawk", "1", "Provides: awk\nPriority: optional\n")
					P("mawk", "1", "Provides: awk\nPriority: required\n") },
		"a", "", "a 1 0 seed\nmawk 1 0 dependency of a\n" },
	{ "of those the first by name",
		{ P("a", "1", "Depends: mta\n") P("z", "1", "Provides: mta\nPriority: optional\n")
				P("c", "1", "Provides: mta\nPriority: optional\n") },
		"a", "", "a 1 0 seed\nc 1 0 dependency of a\n" },
	{ "nothing that is recommended or suggested",
		{ P("a", "1", "Recommends: b\nSuggests: c\n") P("b", "1", "Enhances: a\n")
				P("c", "1", "") },
		"a", "", "a 1 0 seed\n" },
	{ "what a pre-dependency asks for",
		{ P("a", "1", "Pre-Depends: b\nDepends: c\n") P("b", "1", "") P("c", "1", "") },
		"a", "", "a 1 0 seed\nb 1 0 dependency of a\nc 1 0 dependency of a\n" },
	{ "the first reason by name",
		{ P("b", "1", "Depends: x\n") P("a", "1", "Depends: x\n") P("x", "1", "") }, "b a",
		"", "a 1 0 seed\nb 1 0 seed\nx 1 0 dependency of a\n" },
	{ "any architecture",
		{ P("a", "1", "Depends: py:any\n") P("py", "1", "Multi-Arch: allowed\n") }, "a", "",
		"a 1 0 seed\npy 1 0 dependency of a\n" },
	{ "replacing without conflict is no conflict",
		{ P("a", "1", "Replaces: b\n") P("b", "1", "") }, "a b", "",
		"a 1 0 seed\nb 1 0 seed\n" },
	{ "left out with all that it would bring",
		{ P("a", "1", "Depends: deb (>= 0.5) | deb-2, b\n") P("b", "1", "")
				P("deb", "1", "Depends: perl\nConflicts: b\n") P("perl", "1", "") },
		"a", "de?", "a 1 0 seed\nb 1 0 dependency of a\n- deb\n" },
	{ "left out by pattern, and only what was cut is named",
		{ P("a", "1", "Depends: k-one\n") P("k-one", "1", "") P("k-two", "1", "") }, "a",
		"k-* other", "a 1 0 seed\n- k-one\n" },
	{ "an essential package left out", { BASE P("a", "1", "") }, "a", "base",
		"a 1 0 seed\n- base\n" },
	{ "no such package", { P("a", "1", "") }, "b", "",
		"!package 'b' is in none of the suites" },
	{ "only provided", { P("a", "1", "Provides: b\n") }, "b", "",
		"!package 'b' is in none of the suites" },
	{ "wanted and left out", { P("a", "1", "") }, "a", "*", "!both wanted and left out" },
	{ "a dependency that nobody has", { P("a", "1", "Depends: b (>= 2)\n") P("b", "1", "") },
		"a", "", "!nothing provides b >= 2 needed by a-1.amd64" },
	{ "a conflict",
		{ P("a", "1", "Depends: c\n") P("b", "1", "") P("c", "1", "Conflicts: b\n") },
		"a b", "", "!c-1.amd64 conflicts with b provided by b-1.amd64" },
	{ "an older version where the newest breaks something",
		{ P("a", "1", "Breaks: b (>= 2)\n") P("b", "1", "") P("b", "2", "") }, "a b", "",
		"a 1 0 seed\nb 1 0 seed\n" },
};

static struct str_list words(const char *text, struct str *items)
{
	struct str rest = str_of(text), word;
	struct str_list l = { items, 0 };

	while (rest.n) {
		str_cut(rest, ' ', &word, &rest);
		items[l.n++] = word;
	}
	return l;
}

static void print(const struct resolve_result *res, struct buf *out)
{
	for (size_t i = 0; i < res->n; i++)
		buf_printf(out, "%.*s %.*s %zu %.*s\n", STR_ARG(res->items[i].name),
			STR_ARG(res->items[i].version), res->items[i].index,
			STR_ARG(res->items[i].why));
	for (size_t i = 0; i < res->left_out.n; i++)
		buf_printf(out, "- %.*s\n", STR_ARG(res->left_out.items[i]));
}

static void check_answer(
	const struct solver_case *c, bool ok, const struct resolve_result *res, const struct err *e)
{
	CLEANUP(buf_done) struct buf got = buf_init(1 << 16);

	if (ok)
		print(res, &got);
	else
		buf_printf(&got, "!%s", e->text);
	buf_u8(&got, 0);
	ok = c->want[0] == '!' ? strstr((char *)got.p, c->want + 1) && got.p[0] == '!'
			       : !strcmp((char *)got.p, c->want);
	test_report(ok, __FILE__, __LINE__, c->what);
	if (!ok)
		fprintf(stderr, "got:\n%s\nwanted:\n%s\n", (char *)got.p, c->want);
}

static void run_case(const struct solver_case *c)
{
	struct arena *a = arena_new(1 << 20);
	CLEANUP(resolve_freep) struct resolve *r = NULL;
	struct resolve_result res = { 0 };
	struct str names[8], globs[8];
	struct span texts[3];
	struct err e = { 0 };
	size_t n = 0;

	for (; n < 3 && c->texts[n]; n++)
		texts[n] = str_span(str_of(c->texts[n]));
	CHECK_OK(resolve_new(&r, texts, n, &e), e);
	/* Twice, to see that what was left out is put back. */
	for (int round = 0; round < 2; round++) {
		bool ok = resolve_closure(
			r, words(c->names, names), words(c->left_out, globs), a, &res, &e);

		check_answer(c, ok, &res, &e);
	}
	arena_free(a);
}

static void left_out_only_once(void)
{
	static const char text[] = P("a", "1", "Depends: b\n") P("b", "1", "Depends: c\n")
		P("c", "1", "");
	struct arena *a = arena_new(1 << 20);
	CLEANUP(resolve_freep) struct resolve *r = NULL;
	struct span texts[1] = { str_span(str_of(text)) };
	struct str name = STR("a"), glob = STR("b");
	struct resolve_result res;
	struct err e = { 0 };

	CHECK_OK(resolve_new(&r, texts, 1, &e), e);
	CHECK_OK(resolve_closure(r, (struct str_list){ &name, 1 }, (struct str_list){ &glob, 1 }, a,
			 &res, &e),
		e);
	CHECK(res.n == 1 && res.left_out.n == 1);
	CHECK_OK(resolve_closure(
			 r, (struct str_list){ &name, 1 }, (struct str_list){ 0 }, a, &res, &e),
		e);
	CHECK(res.n == 3 && res.left_out.n == 0);
	arena_free(a);
}

static void alone(void)
{
	struct arena *a = arena_new(1 << 20);
	CLEANUP(resolve_freep) struct resolve *r = NULL;
	struct span texts[2] = { str_span(STR(P("ovmf", "1", "Depends: x\n"))),
		str_span(STR(BASE P("ovmf", "2", "Depends: x\n"))) };
	struct str name = STR("ovmf"), other = STR("x");
	struct resolve_result res;
	struct err e = { 0 };

	CHECK_OK(resolve_new(&r, texts, 2, &e), e);
	CHECK_OK(resolve_alone(r, (struct str_list){ &name, 1 }, a, &res, &e), e);
	CHECK(res.n == 1 && str_is(res.items[0].version, "2") && res.items[0].index == 1);
	CHECK_ERR(resolve_alone(r, (struct str_list){ &other, 1 }, a, &res, &e), e, ERR_NOTFOUND);
	arena_free(a);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	left_out_only_once();
	alone();
	return test_end();
}
