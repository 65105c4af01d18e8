#include "diff/diff_text.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec/utf8.h"
#include "diff/diff_raw.h"

#include "base/banned.h"

/* Lines looked at before a search is given up. */
#define WORK_MAX UINT64_C(50000000)

struct lines {
	struct span text;
	size_t *at; /* n + 1 offsets */
	size_t n;
};

/* Lines first .. first + n of each side. */
struct hunk {
	size_t a, b, n_a, n_b;
};

struct compare {
	struct diff_walk *w;
	struct lines a, b;
	struct hunk open; /* not yet a leaf: more may follow without a line between */
	size_t n_hunks;
	uint64_t more; /* lines of hunks beyond DIFF_TEXT_HUNKS_MAX */
};

/* Control characters that texts have: tab, line feed, its kin, and escape. */
static bool is_of_text(uint8_t c)
{
	return c >= 0x20 || (c >= '\t' && c <= '\r') || c == 0x1b;
}

static bool is_text(struct span s)
{
	if (s.n > DIFF_TEXT_SIZE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_of_text(s.p[i]))
			return false;
	return utf8_valid(str_make((const char *)s.p, s.n));
}

static bool split(struct lines *ret, struct span text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n' || i + 1 == text.n;
	if (n > DIFF_TEXT_LINES_MAX)
		return false;
	*ret = (struct lines){ text, mem_array(n + 1, sizeof(*ret->at)), n };
	for (size_t i = 0, k = 1; i < text.n; i++)
		if (text.p[i] == '\n' || i + 1 == text.n)
			ret->at[k++] = i + 1;
	return true;
}

static struct span run(const struct lines *l, size_t first, size_t n)
{
	if (!n)
		return (struct span){ NULL, 0 };
	return span_make(l->text.p + l->at[first], l->at[first + n] - l->at[first]);
}

static bool same(const struct compare *c, size_t a, size_t b)
{
	return span_equal(run(&c->a, a, 1), run(&c->b, b, 1));
}

static void close_hunk(struct compare *c)
{
	struct hunk h = c->open;
	c->open = (struct hunk){ 0 };
	if (!h.n_a && !h.n_b)
		return;
	if (c->n_hunks++ >= DIFF_TEXT_HUNKS_MAX) {
		c->more += h.n_a + h.n_b;
		return;
	}
	struct span a = run(&c->a, h.a, h.n_a), b = run(&c->b, h.b, h.n_b);
	size_t first = diff_raw_first(a.p, b.p, a.n < b.n ? a.n : b.n);
	size_t from = first > c->w->options.window / 2 ? first - DIFF_RAW_LEAD : 0;
	diff_walk_add(c->w, &(struct diff_leaf){
				    .kind = DIFF_TEXT,
				    .at_a = h.a + 1,
				    .at_b = h.b + 1,
				    .lead = first - from,
				    .a = from ? span_make(a.p + from, a.n - from) : a,
				    .b = from ? span_make(b.p + from, b.n - from) : b,
				    .size_a = c->a.text.n,
				    .size_b = c->b.text.n,
				    .n_bytes = h.n_a + h.n_b,
			    });
}

/* Lines a .. a + n_a gave way to b .. b + n_b; calls come in order. */
static void differ(struct compare *c, size_t a, size_t n_a, size_t b, size_t n_b)
{
	struct hunk *h = &c->open;
	if ((h->n_a || h->n_b) && h->a + h->n_a == a && h->b + h->n_b == b) {
		h->n_a += n_a;
		h->n_b += n_b;
		return;
	}
	close_hunk(c);
	*h = (struct hunk){ a, b, n_a, n_b };
}

/* How many lines from x and y on are the same. */
static int snake(const struct compare *c, const struct hunk *area, int x, int y, uint64_t *work)
{
	size_t i = (size_t)x, j = (size_t)y, n = 0;
	while (i + n < area->n_a && j + n < area->n_b && same(c, area->a + i + n, area->b + j + n))
		n++;
	*work += n + 1;
	return (int)n;
}

/*
 * Myers' greedy forward search over the n lines from a0 and m from b0. best[d] keeps the furthest points after d edits on
 * the diagonals -d .. d, so that the way back can be read from them. Returns the edits, or -1 beyond the bound.
 */
static int search(const struct compare *c, const struct hunk *area, int **best)
{
	int n = (int)area->n_a, m = (int)area->n_b;
	uint64_t work = 0;
	for (int d = 0; d <= DIFF_TEXT_EDITS_MAX; d++) {
		best[d] = mem_array(2 * (size_t)d + 1, sizeof(**best));
		for (int k = -d; k <= d; k += 2) {
			const int *last = d ? best[d - 1] + d - 1 : NULL;
			int x = 0;
			if (d && (k == -d || (k != d && last[k - 1] < last[k + 1])))
				x = last[k + 1];
			else if (d)
				x = last[k - 1] + 1;
			x += snake(c, area, x, x - k, &work);
			best[d][k + d] = x;
			/* On this diagonal no way leads past the end that is not longer. */
			if (k == n - m && x >= n)
				return d;
			if (work > WORK_MAX)
				return -1;
		}
	}
	return -1;
}

/* From the end to the start: which edits led there; kept in order of the lines. */
static void trace(struct compare *c, const struct hunk *area, int **best, int edits)
{
	CLEANUP(mem_free) struct hunk *steps = mem_array((size_t)edits, sizeof(*steps));
	int x = (int)area->n_a, y = (int)area->n_b;
	for (int d = edits; d > 0; d--) {
		const int *last = best[d - 1] + d - 1;
		int k = x - y;
		bool inserted = k == -d || (k != d && last[k - 1] < last[k + 1]);
		int before = inserted ? k + 1 : k - 1;
		x = last[before];
		y = x - before;
		steps[d - 1] = (struct hunk){ area->a + (size_t)x, area->b + (size_t)y, !inserted,
			inserted };
	}
	for (int d = 0; d < edits; d++)
		differ(c, steps[d].a, steps[d].n_a, steps[d].b, steps[d].n_b);
}

static void compare(struct compare *c)
{
	size_t head = 0, tail = 0;
	size_t both = c->a.n < c->b.n ? c->a.n : c->b.n;
	while (head < both && same(c, head, head))
		head++;
	while (tail < both - head && same(c, c->a.n - tail - 1, c->b.n - tail - 1))
		tail++;
	struct hunk area = { head, head, c->a.n - head - tail, c->b.n - head - tail };
	CLEANUP(mem_free) int **best = mem_array(DIFF_TEXT_EDITS_MAX + 1, sizeof(*best));
	int edits = search(c, &area, best);
	if (edits >= 0)
		trace(c, &area, best, edits);
	else
		differ(c, area.a, area.n_a, area.b, area.n_b);
	close_hunk(c);
	for (int d = 0; d <= DIFF_TEXT_EDITS_MAX; d++)
		free(best[d]);
	/* The last leaf speaks for those that had no room. */
	if (c->more && c->w->n_leaves)
		c->w->leaves[c->w->n_leaves - 1].n_bytes += c->more;
}

bool diff_text(struct diff_walk *w, struct span a, struct span b)
{
	struct compare c = { .w = w };
	if (!is_text(a) || !is_text(b))
		return false;
	if (!split(&c.a, a))
		return false;
	bool ok = split(&c.b, b);
	if (ok)
		compare(&c);
	free(c.a.at);
	free(c.b.at);
	return ok;
}
