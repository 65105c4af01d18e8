/*
 * With less memory than it takes, whatever takes its memory from an arena says LIMIT, wherever the memory ends.
 */
#ifndef ASSAY_TEST_ARENA_STEPS_H
#define ASSAY_TEST_ARENA_STEPS_H

#include "base/arena.h"
#include "test.h"

enum { ARENA_STEP = 16, ARENA_STEPS_MAX = 1 << 20 };

typedef bool arena_step(struct arena *a, const void *of, struct err *e);

/* Tries with no memory, then with a little more each time, until it works. */
static inline void arena_steps(arena_step *work, const void *of)
{
	bool ok = false;

	for (size_t size = 0; !ok && size < ARENA_STEPS_MAX; size += ARENA_STEP) {
		CLEANUP(arena_freep) struct arena *a = arena_new(size);
		struct err e = { 0 };

		ok = work(a, of, &e);
		if (ok)
			CHECK(size > 0);
		else
			CHECK_ERR(ok, e, ERR_LIMIT);
	}
	CHECK(ok);
}

#endif
