/* Runs of other lines: from them and the one text the other follows, and no smaller edit does it. */
#include "diff/diff_text.h"

#include "base/buf.h"
#include "test.h"

#include "base/banned.h"

enum { LINES = 9, ROUNDS = 3000, ARENA = 64 << 20 };

static uint32_t state = 7;

static unsigned next(unsigned below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

/* Lines of one letter each, which often are the same. */
static size_t make(char *to)
{
	size_t n = next(LINES);
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = (char)('a' + next(3));
		to[2 * i + 1] = '\n';
	}
	return 2 * n;
}

/* Lines that are in one alone, at the least: by the longest common run of lines. */
static size_t least(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t common[LINES + 1][LINES + 1] = { 0 };
	for (size_t i = 1; i <= n_a; i++)
		for (size_t j = 1; j <= n_b; j++) {
			size_t up = common[i - 1][j], left = common[i][j - 1];
			common[i][j] = up > left ? up : left;
			if (a[2 * i - 2] == b[2 * j - 2])
				common[i][j] = common[i - 1][j - 1] + 1;
		}
	return n_a + n_b - 2 * common[n_a][n_b];
}

static void one(struct span a, struct span b, struct arena *arena)
{
	struct diff_walk w;
	CLEANUP(buf_done) struct buf made = buf_init(4 * LINES);
	size_t at = 0, edits = 0;

	diff_walk_init(&w, NULL, arena);
	CHECK(diff_text(&w, a, b));
	for (size_t i = 0; i < w.n_leaves; i++) {
		const struct diff_leaf *l = &w.leaves[i];
		size_t from = 2 * (size_t)(l->at_a - 1);
		CHECK(l->kind == DIFF_TEXT && from >= at && from + l->a.n <= a.n);
		buf_add(&made, a.p + at, from - at);
		CHECK(made.n == 2 * (size_t)(l->at_b - 1));
		CHECK(span_equal(l->a, span_make(a.p + from, l->a.n)));
		buf_add(&made, l->b.p, l->b.n);
		at = from + l->a.n;
		edits += (size_t)l->n_bytes;
	}
	buf_add(&made, a.p + at, a.n - at);
	CHECK(span_equal(buf_span(&made), b));
	CHECK(edits == least((const char *)a.p, a.n / 2, (const char *)b.p, b.n / 2));
	diff_walk_done(&w);
}

static void test_edits(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA);
		char a[2 * LINES], b[2 * LINES];
		size_t n_a = make(a), n_b = make(b);
		one(span_make(a, n_a), span_make(b, n_b), arena);
	}
}

static bool is_taken(const char *a, size_t n)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA);
	struct diff_walk w;

	diff_walk_init(&w, NULL, arena);
	bool ok = diff_text(&w, span_make(a, n), span_make("x\n", 2));
	CHECK(ok == (w.n_leaves != 0));
	diff_walk_done(&w);
	return ok;
}

static void test_what_is_text(void)
{
	CHECK(is_taken("", 0));
	CHECK(is_taken("no end of line", 14));
	CHECK(is_taken("\xc3\xa9\t\x1b[0m\r\n", 9));
	CHECK(!is_taken("a\0b", 3));
	CHECK(!is_taken("\1\2", 2));
	CHECK(!is_taken("\xff\xfe", 2));
}

/* Two texts without a line in common, more lines than are searched: one leaf, and it ends. */
static void test_bound(void)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA);
	CLEANUP(buf_done) struct buf a = buf_init(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct diff_walk w;

	for (int i = 0; i < 2 * DIFF_TEXT_EDITS_MAX; i++) {
		buf_printf(&a, "a%d\n", i);
		buf_printf(&b, "b%d\n", i);
	}
	diff_walk_init(&w, NULL, arena);
	CHECK(diff_text(&w, buf_span(&a), buf_span(&b)));
	CHECK(w.n_leaves == 1 && w.leaves[0].n_bytes == 4 * DIFF_TEXT_EDITS_MAX);
	diff_walk_done(&w);
}

/* Of a line that is longer than the window what differs is shown. */
static void test_long_line(void)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA);
	static char a[100000], b[100000];
	struct diff_walk w;

	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	b[70000] = 'y';
	diff_walk_init(&w, NULL, arena);
	CHECK(diff_text(&w, span_make(a, sizeof(a)), span_make(b, sizeof(b))));
	CHECK(w.n_leaves == 1 && w.leaves[0].a.p[w.leaves[0].lead] == 'x' &&
		w.leaves[0].b.p[w.leaves[0].lead] == 'y');
	diff_walk_done(&w);
}

int main(void)
{
	test_edits();
	test_what_is_text();
	test_bound();
	test_long_line();
	return test_end();
}
