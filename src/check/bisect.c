#include "check/bisect.h"

#include <string.h>

#include "base/banned.h"

enum { WORDS = BISECT_PLACES_MAX / 64 };

/* What another attempt gives other values. */
#define FLIPS_COINS                                                             \
	(VARIATION_BIT(VARIATION_RANDOM) | VARIATION_BIT(VARIATION_ADDRESSES) | \
		VARIATION_BIT(VARIATION_PIDS) | VARIATION_BIT(VARIATION_SCHEDULE))

struct work {
	const struct bisect_job *job;
	struct bisect_result *r;
	struct bisect_set explained;
	uint64_t varied; /* when what is left was seen to move */
};

bool bisect_set_has(const struct bisect_set *s, size_t place)
{
	return s->bits[place / 64] >> place % 64 & 1;
}

void bisect_set_add(struct bisect_set *s, size_t place)
{
	s->bits[place / 64] |= UINT64_C(1) << place % 64;
}

bool bisect_set_empty(const struct bisect_set *s)
{
	for (size_t i = 0; i < WORDS; i++)
		if (s->bits[i])
			return false;
	return true;
}

static void add_all(struct bisect_set *s, const struct bisect_set *more)
{
	for (size_t i = 0; i < WORDS; i++)
		s->bits[i] |= more->bits[i];
}

static void take_away(struct bisect_set *s, const struct bisect_set *those)
{
	for (size_t i = 0; i < WORDS; i++)
		s->bits[i] &= ~those->bits[i];
}

static void keep_common(struct bisect_set *s, const struct bisect_set *those)
{
	for (size_t i = 0; i < WORDS; i++)
		s->bits[i] &= those->bits[i];
}

static bool may_build(const struct work *w)
{
	return w->r->n_builds < w->job->builds_max;
}

/* What moves, also what does so by itself. */
static bool build(struct work *w, uint64_t variations, unsigned attempt, struct bisect_set *moved,
	struct err *e)
{
	*moved = (struct bisect_set){ 0 };
	w->r->n_builds++;
	return w->job->build(w->job->ctx, variations, attempt, moved, e);
}

static bool build_steady(
	struct work *w, uint64_t variations, struct bisect_set *moved, struct err *e)
{
	if (!build(w, variations, 0, moved, e))
		return false;
	take_away(moved, &w->r->unsteady);
	return true;
}

static bool try_alone(struct work *w, enum variation v, unsigned attempt, struct err *e)
{
	struct bisect_set moved;

	if (!build(w, VARIATION_BIT(v), attempt, &moved, e))
		return false;
	w->r->tried |= VARIATION_BIT(v);
	add_all(&w->r->moved[v], &moved);
	take_away(&moved, &w->r->unsteady);
	if (bisect_set_empty(&moved))
		return true;
	w->r->guilty |= VARIATION_BIT(v);
	add_all(&w->explained, &moved);
	return true;
}

/* *left: what is not explained; as soon as all seems to be, the innocent are varied together. *done: nothing is. */
static bool look(struct work *w, struct bisect_set *left, bool *done, struct err *e)
{
	uint64_t others = w->job->variations & ~w->r->guilty;

	*done = false;
	take_away(left, &w->explained);
	if (!bisect_set_empty(left))
		return true;
	if (!others) {
		*done = true;
		return true;
	}
	/* A place that has two causes moves still. */
	w->varied = others;
	if (!build_steady(w, others, left, e))
		return false;
	*done = bisect_set_empty(left);
	return true;
}

static bool one_at_a_time(
	struct work *w, uint64_t those, struct bisect_set *left, bool *done, struct err *e)
{
	const struct bisect_job *job = w->job;

	for (size_t i = 0; i < VARIATION_N && !*done && may_build(w); i++) {
		enum variation v = job->order ? job->order[i] : (enum variation)i;
		uint64_t guilty = w->r->guilty;

		if (!(those & job->variations & ~w->r->tried & VARIATION_BIT(v)))
			continue;
		if (!try_alone(w, v, 0, e))
			return false;
		if (w->r->guilty == guilty)
			continue;
		/* Places of two causes were taken for explained by the first: each new guilty one is asked about. */
		if (!look(w, left, done, e))
			return false;
	}
	return true;
}

static bool flip_coins(struct work *w, struct bisect_set *left, struct err *e)
{
	for (unsigned attempt = 1; attempt <= BISECT_RETRIES; attempt++) {
		for (enum variation v = 0; v < VARIATION_N; v++) {
			if (bisect_set_empty(left) || !may_build(w))
				return true;
			if (!(w->job->variations & FLIPS_COINS & VARIATION_BIT(v)))
				continue;
			if (!try_alone(w, v, attempt, e))
				return false;
			take_away(left, &w->explained);
		}
	}
	return true;
}

/* Those of `variations` without which nothing of `left` moves. */
static bool leave_out(struct work *w, uint64_t variations, struct bisect_set *left, struct err *e)
{
	struct bisect_result *r = w->r;
	struct bisect_set together = *left;
	uint64_t needed = 0;

	for (enum variation v = 0; v < VARIATION_N && may_build(w); v++) {
		struct bisect_set moved;

		if (!(variations & VARIATION_BIT(v)))
			continue;
		if (!build_steady(w, variations & ~VARIATION_BIT(v), &moved, e))
			return false;
		keep_common(&moved, left);
		if (bisect_set_empty(&moved))
			needed |= VARIATION_BIT(v);
	}
	if (!needed || r->n_together == BISECT_TOGETHER_MAX)
		return true;
	r->together[r->n_together].variations = needed;
	r->together[r->n_together++].moved = together;
	take_away(left, &together);
	return true;
}

static bool everything(struct work *w, struct err *e)
{
	const uint64_t all = w->job->variations;
	unsigned races = all & VARIATION_BIT(VARIATION_SCHEDULE) ? w->job->races : 0;

	for (unsigned attempt = 0; attempt <= races && bisect_set_empty(&w->r->all); attempt++)
		if (!build(w, all, attempt, &w->r->all, e))
			return false;
	return true;
}

static bool find_unsteady(struct work *w, unsigned attempt, struct err *e)
{
	struct bisect_set moved;

	if (!build(w, 0, attempt, &moved, e))
		return false;
	add_all(&w->r->unsteady, &moved);
	return true;
}

static bool ask_again(struct work *w, uint64_t those, struct err *e)
{
	for (enum variation v = 0; v < VARIATION_N && may_build(w); v++) {
		struct bisect_set again, gone;

		/* What is by chance need not be the same. */
		if (!(those & VARIATION_BIT(v)) || v == VARIATION_ADDRESSES ||
			v == VARIATION_SCHEDULE)
			continue;
		if (!build(w, VARIATION_BIT(v), 0, &again, e))
			return false;
		gone = w->r->moved[v];
		take_away(&gone, &again);
		take_away(&again, &w->r->moved[v]);
		add_all(&w->r->unsteady, &gone);
		add_all(&w->r->unsteady, &again);
	}
	return !may_build(w) || find_unsteady(w, 2, e);
}

static bool run(struct work *w, struct err *e)
{
	struct bisect_result *r = w->r;
	struct bisect_set left;
	uint64_t hinted;
	bool done = false;

	if (!everything(w, e))
		return false;
	if (bisect_set_empty(&r->all))
		return true;
	if (!find_unsteady(w, 1, e))
		return false;
	left = r->all;
	take_away(&left, &r->unsteady);
	hinted = w->job->hinted ? *w->job->hinted : 0;
	if (!one_at_a_time(w, hinted, &left, &done, e))
		return false;
	done = done || bisect_set_empty(&left);
	if ((!done && !one_at_a_time(w, ~hinted, &left, &done, e)) ||
		(!done && !flip_coins(w, &left, e)))
		return false;
	if (!done && !bisect_set_empty(&left) && !leave_out(w, w->varied, &left, e))
		return false;
	if (!done)
		r->unexplained = left;
	if (r->guilty && !ask_again(w, r->guilty & ~hinted, e))
		return false;
	if (w->job->wavering)
		add_all(&r->unsteady, w->job->wavering);
	return true;
}

bool bisect_run(struct bisect_result *ret, const struct bisect_job *job, struct err *e)
{
	struct work w = { .job = job, .r = ret, .varied = job->variations };

	*ret = (struct bisect_result){ 0 };
	return run(&w, e);
}
