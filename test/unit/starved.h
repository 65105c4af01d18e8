/*
 * What is made in an arena that is too small, by whatever number of bytes: it fails with LIMIT. With the last byte that is
 * needed it says the same as with many more.
 */
#ifndef ASSAY_TEST_STARVED_H
#define ASSAY_TEST_STARVED_H

#include "base/arena.h"
#include "base/buf.h"
#include "test.h"

enum { STARVED_ROOM = 64 << 20, STARVED_TEXT = 1 << 20, STARVED_STEP = 16 /* an arena's */ };

/* Makes it in a, and tells all of it in words. */
typedef bool starved_fn(struct buf *told, const void *what, struct arena *a, struct err *e);

struct starved {
	starved_fn *make;
	const void *what;
	struct buf want;
	size_t need, wrong;
};

/* With so little: how much of it was handed out before it was too little. */
static inline size_t starved_at(struct starved *s, size_t max)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(max);
	CLEANUP(buf_done) struct buf told = buf_init(STARVED_TEXT);
	struct err e = { 0 };

	s->wrong += s->make(&told, s->what, a, &e) || e.kind != ERR_LIMIT;
	return arena_used(a);
}

/* The next maximum with which more is handed out: only there another allocation fails. */
static inline size_t starved_next(struct starved *s, size_t max)
{
	size_t used = starved_at(s, max), step = STARVED_STEP, from = max;

	while (max + step < s->need && starved_at(s, max + step) == used) {
		from = max + step;
		step *= 2;
	}
	for (max = max + step < s->need ? max + step : s->need; from + STARVED_STEP < max;) {
		size_t middle = from + (max - from) / (2 * STARVED_STEP) * STARVED_STEP;

		if (starved_at(s, middle) == used)
			from = middle;
		else
			max = middle;
	}
	return max;
}

static inline void starved(starved_fn *make, const void *what)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(STARVED_ROOM), *enough = NULL;
	CLEANUP(buf_done) struct buf again = buf_init(STARVED_TEXT);
	struct starved s = { make, what, buf_init(STARVED_TEXT), 0, 0 };
	struct err e = { 0 };

	CHECK_OK(make(&s.want, what, a, &e), e);
	s.need = arena_used(a);
	for (size_t max = 0; max < s.need;)
		max = starved_next(&s, max);
	CHECK(s.wrong == 0);
	enough = arena_new(s.need);
	CHECK_OK(make(&again, what, enough, &e), e);
	CHECK(buf_ok(&again) && again.n && span_equal(buf_span(&again), buf_span(&s.want)));
	buf_done(&s.want);
}

#endif
