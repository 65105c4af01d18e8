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

void diff_raw(struct diff_walk *w, struct span a, struct span b)
{
	size_t both = a.n < b.n ? a.n : b.n;
	size_t at = diff_raw_first(a.p, b.p, both);
	if (at == both && a.n == b.n)
		return;
	size_t lead = at < DIFF_RAW_LEAD ? at : DIFF_RAW_LEAD;
	diff_walk_add(w, &(struct diff_leaf){
				 .kind = DIFF_BYTES,
				 .at_a = at,
				 .at_b = at,
				 .lead = lead,
				 .a = window(a, at - lead),
				 .b = window(b, at - lead),
				 .size_a = a.n,
				 .size_b = b.n,
				 .n_bytes = count(a.p + at, b.p + at, both - at),
			 });
}
