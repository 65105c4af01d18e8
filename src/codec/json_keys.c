#include "codec/json_keys.h"

#include "base/banned.h"

enum { FEW = 8 }; /* so many names are compared each with each, without memory */

struct sorting {
	const struct str *keys;
	size_t comparisons;
};

/* By length and then bytes: any total order does. */
static int order(struct sorting *s, size_t x, size_t y)
{
	struct str a = s->keys[x], b = s->keys[y];

	s->comparisons++;
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

static size_t twice_of_few(struct sorting *s, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (order(s, k, i) == 0)
				return i;
	return n;
}

/* Two sorted runs [at, middle) and [middle, end) into one; of equal names the earlier one stays in front. */
static void merge(
	struct sorting *s, uint32_t *to, const uint32_t *from, size_t at, size_t middle, size_t end)
{
	size_t left = at, right = middle;

	for (; at < end; at++) {
		bool take_left = left < middle &&
				 (right == end || order(s, from[left], from[right]) <= 0);

		to[at] = take_left ? from[left++] : from[right++];
	}
}

/* Places of the names in order, in one of the two arrays. */
static uint32_t *sorted(struct sorting *s, uint32_t *here, uint32_t *there, size_t n)
{
	for (size_t i = 0; i < n; i++)
		here[i] = (uint32_t)i;
	for (size_t run = 1; run < n; run *= 2) {
		uint32_t *was = here;

		for (size_t at = 0; at < n; at += 2 * run) {
			size_t middle = at + run < n ? at + run : n;

			merge(s, there, here, at, middle, middle + run < n ? middle + run : n);
		}
		here = there;
		there = was;
	}
	return here;
}

bool json_keys_compare(struct json_keys_work *ret, const struct str *keys, size_t n,
	struct arena *a, struct err *e)
{
	struct sorting s = { keys, 0 };
	struct json_keys_work w = { .twice = n };
	uint32_t *first, *second;

	if (n <= FEW) {
		w.twice = twice_of_few(&s, n);
		w.comparisons = s.comparisons;
		*ret = w;
		return true;
	}
	first = ARENA_ARRAY(a, n, uint32_t);
	second = ARENA_ARRAY(a, n, uint32_t);
	if (!first || !second)
		return arena_full(a, e);
	first = sorted(&s, first, second, n);
	for (size_t i = 1; i < n; i++)
		if (order(&s, first[i - 1], first[i]) == 0 && first[i] < w.twice)
			w.twice = first[i];
	w.comparisons = s.comparisons;
	*ret = w;
	return true;
}
