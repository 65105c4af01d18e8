/* The search, over builds that are functions: which places move when which variations do. */
#include "check/bisect.h"

#include "test.h"

#define BIT VARIATION_BIT
enum { A = VARIATION_CLOCK, B = VARIATION_RANDOM, C = VARIATION_PATH, D = VARIATION_SCHEDULE };
#define FOUR (BIT(A) | BIT(B) | BIT(C) | BIT(D))

static bool build_none(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)v, (void)attempt, (void)m, (void)e;
	return true;
}

/* Place 1 moves with A, place 2 with C, place 3 with either. */
static bool build_two(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)attempt, (void)e;
	if (v & BIT(A))
		bisect_set_add(m, 1);
	if (v & BIT(C))
		bisect_set_add(m, 2);
	if (v & (BIT(A) | BIT(C)))
		bisect_set_add(m, 4095);
	return true;
}

/* Place 5 moves in every build but the first. */
static bool build_unsteady(
	void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)attempt, (void)e;
	bisect_set_add(m, 5);
	if (v & BIT(B))
		bisect_set_add(m, 6);
	return true;
}

/* Place 7 moves only when A and C do. */
static bool build_pair(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)attempt, (void)e;
	if ((v & BIT(A)) && (v & BIT(C)))
		bisect_set_add(m, 7);
	return true;
}

/* Place 8 moves with B, but with B alone not at the first attempt. */
static bool build_coin(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)e;
	if ((v & BIT(B)) && (v != BIT(B) || attempt == 2))
		bisect_set_add(m, 8);
	return true;
}

/* Place 9 moves with the schedule, at the third attempt. */
static bool build_race(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)e;
	if ((v & BIT(D)) && attempt == 2)
		bisect_set_add(m, 9);
	return true;
}

/* Place 10 moves by itself, but only in later builds, as a clock of the machine does. */
static bool build_late(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)v, (void)attempt, (void)e;
	if ((*(unsigned *)ctx)++ > 1 || v == FOUR)
		bisect_set_add(m, 10);
	return true;
}

static bool build_fails(
	void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)attempt, (void)m;
	return !v || err_set(e, ERR_IO, "no");
}

/* Place v moves with variation v. */
static bool build_each(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)ctx, (void)attempt, (void)e;
	for (size_t i = 0; i < VARIATION_N; i++)
		if (v & BIT(i))
			bisect_set_add(m, i);
	return true;
}

typedef bool build_fn(void *, uint64_t, unsigned, struct bisect_set *, struct err *);

static struct bisect_result run(build_fn *build, uint64_t variations, uint64_t hinted)
{
	const struct bisect_job job = { .variations = variations,
		.hinted = &hinted,
		.builds_max = 100,
		.races = BISECT_RACES,
		.build = build };
	struct bisect_result r;
	struct err e = { 0 };

	CHECK_OK(bisect_run(&r, &job, &e), e);
	return r;
}

static void nothing_moves(void)
{
	struct bisect_result r = run(build_none, FOUR, 0);

	CHECK(r.n_builds == 1 + BISECT_RACES && !r.guilty && bisect_set_empty(&r.all));
	r = run(build_none, BIT(A) | BIT(B), 0);
	CHECK(r.n_builds == 1 && !r.guilty && bisect_set_empty(&r.all));
}

static void two_causes(void)
{
	struct bisect_result r = run(build_two, FOUR, 0);

	CHECK(r.guilty == (BIT(A) | BIT(C)) && bisect_set_empty(&r.unexplained));
	CHECK(bisect_set_has(&r.moved[A], 1) && !bisect_set_has(&r.moved[A], 2));
	CHECK(bisect_set_has(&r.moved[C], 2) && !bisect_set_has(&r.moved[C], 1));
	CHECK(bisect_set_has(&r.moved[A], 4095) && bisect_set_has(&r.moved[C], 4095));
	CHECK(r.n_builds == 9);
	/* With both hinted nothing else is tried alone. */
	r = run(build_two, FOUR, BIT(A) | BIT(C));
	CHECK(r.guilty == (BIT(A) | BIT(C)) && r.tried == r.guilty && r.n_builds == 6);
}

/* A place that one variation explains is asked about once more, so that its second cause is found. */
static void second_cause(void)
{
	struct bisect_result r = run(build_two, VARIATION_CHANNELS, BIT(A));

	CHECK(r.guilty == (BIT(A) | BIT(C)) && bisect_set_has(&r.moved[C], 4095));
}

static void unsteady(void)
{
	struct bisect_result r = run(build_unsteady, FOUR, 0);

	CHECK(bisect_set_has(&r.unsteady, 5) && !bisect_set_has(&r.unsteady, 6));
	CHECK(r.guilty == BIT(B) && bisect_set_has(&r.moved[B], 6));
	CHECK(bisect_set_empty(&r.unexplained));
}

static void unsteady_later(void)
{
	unsigned n = 0;
	const struct bisect_job job = { .variations = FOUR,
		.builds_max = 100,
		.races = BISECT_RACES,
		.build = build_late,
		.ctx = &n };
	struct bisect_result r;
	struct err e = { 0 };

	CHECK_OK(bisect_run(&r, &job, &e), e);
	CHECK(bisect_set_has(&r.unsteady, 10));
}

/* Place 11 is moved by A, but not when it is asked again. */
static bool build_once(void *ctx, uint64_t v, unsigned attempt, struct bisect_set *m, struct err *e)
{
	(void)attempt, (void)e;
	if (v == FOUR || (v == BIT(A) && (*(unsigned *)ctx)++ == 0))
		bisect_set_add(m, 11);
	return true;
}

static void blamed_by_chance(void)
{
	unsigned n = 0;
	struct bisect_job job = { .variations = FOUR,
		.builds_max = 100,
		.races = BISECT_RACES,
		.build = build_once,
		.ctx = &n };
	struct bisect_set wavering = { 0 };
	struct bisect_result r;
	struct err e = { 0 };

	CHECK_OK(bisect_run(&r, &job, &e), e);
	CHECK(bisect_set_has(&r.moved[A], 11) && bisect_set_has(&r.unsteady, 11));
	job.build = build_two;
	bisect_set_add(&wavering, 2);
	job.wavering = &wavering;
	CHECK_OK(bisect_run(&r, &job, &e), e);
	CHECK(bisect_set_has(&r.unsteady, 2) && !bisect_set_has(&r.unsteady, 1));
}

static void together(void)
{
	struct bisect_result r = run(build_pair, FOUR, 0);

	CHECK(!r.guilty && r.n_together == 1 && r.together[0].variations == (BIT(A) | BIT(C)));
	CHECK(bisect_set_has(&r.together[0].moved, 7) && bisect_set_empty(&r.unexplained));
}

static void coins(void)
{
	struct bisect_result r = run(build_coin, FOUR, 0);

	CHECK(r.guilty == BIT(B) && bisect_set_has(&r.moved[B], 8));
	CHECK(bisect_set_empty(&r.unexplained));
}

static void races(void)
{
	struct bisect_result r = run(build_race, FOUR, 0);

	CHECK(r.guilty == BIT(D) && bisect_set_has(&r.moved[D], 9));
	CHECK(bisect_set_empty(&r.unexplained));
	r = run(build_race, BIT(A) | BIT(C), 0);
	CHECK(bisect_set_empty(&r.all));
}

static void bounds(void)
{
	struct bisect_result r = run(build_each, VARIATION_CHANNELS, 0);
	struct bisect_job job = { .variations = FOUR, .builds_max = 3, .build = build_pair };
	struct err e = { 0 };

	/* One alone each, twice but for two that are by chance, everything, and nothing twice: the last guilty one leaves nobody to ask about. */
	CHECK(r.guilty == VARIATION_CHANNELS && r.n_builds == 2 * VARIATION_OUTSIDE_PATH + 1);
	CHECK_OK(bisect_run(&r, &job, &e), e);
	CHECK(r.n_builds == 3 && bisect_set_has(&r.unexplained, 7));
	job.build = build_fails;
	CHECK_ERR(bisect_run(&r, &job, &e), e, ERR_IO);
}

static void order(void)
{
	enum variation last_first[VARIATION_N];
	struct bisect_job job = {
		.variations = FOUR, .order = last_first, .builds_max = 100, .build = build_two
	};
	struct bisect_result r;
	struct err e = { 0 };

	for (unsigned i = 0; i < VARIATION_N; i++)
		last_first[i] = VARIATION_N - 1 - i;
	CHECK_OK(bisect_run(&r, &job, &e), e);
	CHECK(r.guilty == (BIT(A) | BIT(C)) && (r.tried & BIT(D)));
}

int main(void)
{
	nothing_moves();
	two_causes();
	second_cause();
	unsteady();
	unsteady_later();
	blamed_by_chance();
	together();
	coins();
	races();
	bounds();
	order();
	return test_end();
}
