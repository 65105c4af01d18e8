/* Alignment, against the obvious recursion. */
#include "appraise/explain_align.h"

#include "test.h"

enum { ARENA = 16 << 20 };

static size_t slow_common(const struct digest *w, size_t n_w, const struct digest *g, size_t n_g)
{
	size_t a, b;

	if (!n_w || !n_g)
		return 0;
	if (digest_equal(w, g))
		return 1 + slow_common(w + 1, n_w - 1, g + 1, n_g - 1);
	a = slow_common(w + 1, n_w - 1, g, n_g);
	b = slow_common(w, n_w, g + 1, n_g - 1);
	return a > b ? a : b;
}

/* All pairs of sequences of up to 5 elements out of 2 kinds. */
static void aligns_as_the_obvious_way(void)
{
	struct digest kinds[2] = { digest_of(DIGEST_SHA256, str_span(STR("a"))),
		digest_of(DIGEST_SHA256, str_span(STR("b"))) };
	struct digest w[5], g[5];
	size_t wrong = 0;
	struct err e;

	for (unsigned code = 0; code < 36u * 1024; code++) {
		struct arena *a = arena_new(1 << 16);
		size_t n_w = code / 1024 / 6, n_g = code / 1024 % 6, n, common = 0, i = 0, k = 0;
		struct explain_step *steps;

		for (size_t b = 0; b < 5; b++) {
			w[b] = kinds[code >> b & 1];
			g[b] = kinds[code >> (5 + b) & 1];
		}
		CHECK_OK(explain_align(&steps, &n, w, n_w, g, n_g, a, &e), e);
		for (size_t s = 0; s < n; s++) {
			bool both = steps[s].want != EXPLAIN_ALIGN_NONE &&
				    steps[s].got != EXPLAIN_ALIGN_NONE;

			wrong += both && !digest_equal(&w[steps[s].want], &g[steps[s].got]);
			wrong += steps[s].want != EXPLAIN_ALIGN_NONE && steps[s].want != i++;
			wrong += steps[s].got != EXPLAIN_ALIGN_NONE && steps[s].got != k++;
			common += both;
		}
		wrong += i != n_w || k != n_g || common != slow_common(w, n_w, g, n_g);
		arena_free(a);
	}
	CHECK(wrong == 0);
}

/* Too long to align: heads and tails stay in step, every element is there once. */
static void long_sequences_stay_bounded(void)
{
	struct arena *a = arena_new(64 << 20);
	struct explain_step *steps;
	struct digest *w = ARENA_ARRAY(a, 3000, struct digest);
	struct digest *g = ARENA_ARRAY(a, 3000, struct digest);
	size_t n, common = 0;
	struct err e;

	for (size_t i = 0; i < 3000; i++) {
		w[i] = (struct digest){ DIGEST_SHA256, { (uint8_t)i, (uint8_t)(i >> 8) } };
		g[i] = w[i];
		if (i > 10 && i < 2990)
			g[i].bytes[3] = 1;
	}
	CHECK_OK(explain_align(&steps, &n, w, 3000, g, 3000, a, &e), e);
	for (size_t s = 0; s < n; s++)
		common += steps[s].want != EXPLAIN_ALIGN_NONE && steps[s].got != EXPLAIN_ALIGN_NONE;
	CHECK(common == 21 && n == 21 + 2 * 2979);
	arena_free(a);
}

int main(void)
{
	aligns_as_the_obvious_way();
	long_sequences_stay_bounded();
	return test_end();
}
