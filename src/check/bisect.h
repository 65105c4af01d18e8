/*
 * Which variation moves what: builds are made again with one thing varied at a time, hinted ones first, until all that
 * differed with everything varied is explained. Pure: how to build is the caller's.
 *
 *   1. everything varied       nothing moves: done; where the schedule varies, after some more with other delays
 *   2. nothing varied, again   what moves now is unsteady by itself, and no variation is blamed for it
 *   3. one at a time           those that a canary named, then those that the bytes look like, then the others
 *   4. all that were not guilty together, as soon as everything is explained: nothing moves: done
 *   5. what only moves at times, by chance: those that flip coins, tried again
 *   6. what only moves when several vary: left out one at a time, those without which nothing moves are needed
 *   7. each guilty one again that no hint named, and nothing varied once more: what is not the same as before is unsteady,
 *      and was blamed on it by chance
 * So at most n builds in step 3, and two for each guilty one in steps 4 and 7; in all never more than `builds_max`.
 */
#ifndef ASSAY_CHECK_BISECT_H
#define ASSAY_CHECK_BISECT_H

#include <stdint.h>

#include "base/err.h"
#include "check/variation.h"

enum {
	BISECT_PLACES_MAX = 4096, /* that may differ, over all builds */
	BISECT_TOGETHER_MAX = 8,
	BISECT_RETRIES = 3, /* for those that flip coins */
	BISECT_RACES = 2,   /* that are run for at most */
};

/* A set of places, by the caller's numbering. */
struct bisect_set {
	uint64_t bits[BISECT_PLACES_MAX / 64];
};

bool bisect_set_has(const struct bisect_set *s, size_t place);
void bisect_set_add(struct bisect_set *s, size_t place);
bool bisect_set_empty(const struct bisect_set *s);

struct bisect_job {
	uint64_t variations;
	/* Both are read after the first build, so that they may follow from it. NULL: none; the enum's order. */
	const uint64_t *hinted;      /* tried first */
	const enum variation *order; /* VARIATION_N, in which the others are tried */
	unsigned builds_max;
	/*
	 * So many more builds with everything varied, while nothing moves and where the schedule varies: they let somebody else win
	 * a race.
	 */
	unsigned races;
	/*
	 * Builds with these varied and says in *moved (empty before) which places differ from the steady build. attempt
	 * counts from 0: another one has other values of what is random.
	 */
	bool (*build)(void *ctx, uint64_t variations, unsigned attempt, struct bisect_set *moved,
		struct err *e);
	void *ctx;
	/* Read after every build: places that differed between two builds in which the same varied. May be NULL. */
	const struct bisect_set *wavering;
};

struct bisect_result {
	struct bisect_set all; /* moved with everything varied */
	struct bisect_set
		unsteady; /* moved with nothing varied: that a variation moved it proves nothing */
	uint64_t guilty;  /* those that moved something alone */
	uint64_t tried;   /* alone */
	struct bisect_set moved[VARIATION_N];
	struct {
		uint64_t variations; /* all of them are needed */
		struct bisect_set moved;
	} together[BISECT_TOGETHER_MAX];
	size_t n_together;
	struct bisect_set unexplained;
	unsigned n_builds;
};

/* Fails as build does. */
bool bisect_run(struct bisect_result *ret, const struct bisect_job *job, struct err *e) MUST_CHECK;

#endif
