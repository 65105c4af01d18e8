#include "diff/diff_raw.h"

#include "base/banned.h"

enum { STRIDE = 1 << 16 };

size_t diff_raw_first(const uint8_t *a, const uint8_t *b, size_t n)
{
	size_t at = 0;
	while (at < n) {
		size_t step = n - at < STRIDE ? n - at : STRIDE;
		if (memcmp(a + at, b + at, step) == 0) {
			at += step;
			continue;
		}
		while (a[at] == b[at])
			at++;
		return at;
	}
	return n;
}

static uint64_t count(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint64_t differ = 0;
	for (size_t i = 0; i < n; i++)
		differ += a[i] != b[i];
	return differ;
}

static struct span window(struct span s, size_t from)
{
	return s.n > from ? span_make(s.p + from, s.n - from) : (struct span){ NULL, 0 };
}

static struct diff_leaf leaf_from(struct span a, struct span b, uint64_t first)
{
	size_t both = a.n < b.n ? a.n : b.n, at = (size_t)first;
	size_t lead = at < DIFF_RAW_LEAD ? at : DIFF_RAW_LEAD;
	return (struct diff_leaf){
		.kind = DIFF_BYTES,
		.at_a = at,
		.at_b = at,
		.lead = lead,
		.a = window(a, at - lead),
		.b = window(b, at - lead),
		.size_a = a.n,
		.size_b = b.n,
		.n_bytes = at < both ? count(a.p + at, b.p + at, both - at) : 0,
	};
}

void diff_raw_from(struct diff_walk *w, struct span a, struct span b, uint64_t first)
{
	struct diff_leaf leaf = leaf_from(a, b, first);
	diff_walk_add(w, &leaf);
}

void diff_raw_ruled(
	struct diff_walk *w, struct span a, struct span b, enum diff_rule rule, size_t up)
{
	size_t both = a.n < b.n ? a.n : b.n;
	size_t at = diff_raw_first(a.p, b.p, both);
	if (at == both && a.n == b.n)
		return;
	struct diff_leaf leaf = leaf_from(a, b, at);
	diff_walk_add_ruled(w, &leaf, rule, up);
}

void diff_raw(struct diff_walk *w, struct span a, struct span b)
{
	diff_raw_ruled(w, a, b, DIFF_RULE_NONE, 0);
}
