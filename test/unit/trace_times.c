/*
 * Times, numbers and order of files, as the box shows them.
 */
#include "box/trace_times.h"

#include "base/mem.h"
#include "box/trace_listing.h"
#include "box/trace_numbers.h"
#include "test.h"

enum { START = 1700000000 };

static const int64_t second = 1000000000;

static struct trace_stamps stamps(int64_t atime, int64_t mtime, int64_t ctime)
{
	return (struct trace_stamps){ { atime, 5 }, { mtime, 5 }, { ctime, 5 } };
}

static bool shows(struct timespec t, int64_t s, long ns)
{
	if (t.tv_sec == s && t.tv_nsec == ns)
		return true;
	fprintf(stderr, "shows %lld.%09ld\n", (long long)t.tv_sec, t.tv_nsec);
	return false;
}

/* A box that began at 2000 (real) and whose second step began at 2010. */
static struct trace_times *two_steps(void)
{
	struct trace_times *t = MEM_NEW(struct trace_times);

	t->start = START * second;
	CHECK(trace_times_add(t, 2000 * second, START * second + 1000) == START * second + 1000);
	CHECK(trace_times_add(t, 2010 * second, (START + 1) * second + 1000) ==
		(START + 1) * second + 1000);
	return t;
}

static void times(void)
{
	CLEANUP(mem_free) struct trace_times *t = two_steps();
	const int64_t now = 2020 * second;
	struct trace_stamps s;

	/* Made in the first step, in the second; written in the second. */
	s = stamps(2001, 2001, 2001);
	trace_times_show(t, &s, now, true);
	CHECK(shows(s.mtime, START, 1000) && shows(s.ctime, START, 1000));
	s = stamps(2010, 2010, 2010);
	trace_times_show(t, &s, now, true);
	CHECK(shows(s.mtime, START + 1, 1000) && shows(s.atime, START + 1, 1000));
	s = stamps(2001, 2009, 2015);
	trace_times_show(t, &s, now, true);
	CHECK(shows(s.mtime, START, 1000) && shows(s.ctime, START + 1, 1000));
	/* Set by a program: before the run, after now, far away. */
	s = stamps(7, 1234567890, 2011);
	trace_times_show(t, &s, now, true);
	CHECK(shows(s.mtime, 1234567890, 5) && shows(s.atime, 7, 5));
	s = stamps(2011, 4102444800, 2011);
	trace_times_show(t, &s, now, true);
	CHECK(shows(s.mtime, 4102444800, 5));
	s = stamps(INT64_MIN, INT64_MAX, 2011);
	trace_times_show(t, &s, now, true);
	CHECK(shows(s.mtime, INT64_MAX, 5) && shows(s.atime, INT64_MIN, 5));
	/* Of the machine: what is declared is old; the rest is not shown. */
	s = stamps(1999, 1000, 1999);
	trace_times_show(t, &s, now, false);
	CHECK(shows(s.mtime, 1000, 5) && shows(s.atime, 1000, 5) && shows(s.ctime, 1000, 5));
	s = stamps(1, START + 100, 1);
	trace_times_show(t, &s, now, false);
	CHECK(shows(s.mtime, START, 0) && shows(s.ctime, START, 0));
	s = stamps(1999, 1000, 1999);
	trace_times_show(t, &s, now, true);
	CHECK(shows(s.mtime, START, 0));
}

static void moments(void)
{
	CLEANUP(mem_free) struct trace_times *t = two_steps();
	struct trace_stamps s = stamps(2016, 2016, 2016);

	/* A step whose clock starts before what files show already begins later. */
	CHECK(trace_times_add(t, 2012 * second, (START + 50) * second) == (START + 50) * second);
	CHECK(trace_times_add(t, 2015 * second, (START + 2) * second + 7) ==
		(START + 50) * second + 7);
	t->offset = 3600 * second;
	trace_times_show(t, &s, 2020 * second, true);
	CHECK(s.mtime.tv_sec >= START + 3650);
	for (unsigned i = 0; i < 2 * TRACE_MOMENTS_MAX; i++)
		trace_times_add(t, (2016 + i) * second, (START + 100 + i) * second);
	CHECK(t->n == TRACE_MOMENTS_MAX);
}

static uint64_t see(struct trace_numbers *n, uint64_t ino, const char *path, int64_t born)
{
	return trace_numbers_see(n, (struct trace_inode){ 1, ino },
		trace_numbers_hash(str_of(path)), str_of(path), born);
}

static void numbers(void)
{
	struct trace_numbers *n = trace_numbers_new(1), *m = trace_numbers_new(1000000000000);
	const struct trace_inode inode = { 1, 10 };
	uint64_t a = see(n, 10, "/a", 1), b = see(n, 11, "/b", 1), known = 0;

	/* Whichever is seen first. */
	CHECK(see(m, 77, "/b", 5) - 1000000000000 == b - 1);
	CHECK(see(m, 76, "/a", 5) - 1000000000000 == a - 1);
	CHECK(a != b && a >= 1 && a - 1 < 1ULL << TRACE_NUMBER_BITS);
	/* A hard link or a new name: the same file. */
	CHECK(trace_numbers_known(n, inode, trace_numbers_hash(STR("/a")), &known) && known == a);
	CHECK(!trace_numbers_known(n, inode, trace_numbers_hash(STR("/link")), &known));
	CHECK(see(n, 10, "/link", 1) == a);
	/* The file system gave the inode to another file; another file came to the path; both are new. */
	CHECK(see(n, 10, "/c", 2) != a);
	CHECK(see(n, 12, "/b", 3) != b);
	/* Without times of birth nothing tells the two apart. */
	CHECK(see(n, 13, "/d", 0) == see(n, 13, "/e", 0));
	trace_numbers_free(n);
	trace_numbers_free(m);
}

/* No two of many files share a number, and all are found again. */
static void many_numbers(void)
{
	enum { MANY = 20000 };
	struct trace_numbers *n = trace_numbers_new(1);
	CLEANUP(mem_free) uint64_t *all = mem_array(MANY, sizeof *all);
	char path[32];

	for (unsigned i = 0; i < MANY; i++) {
		/* Every second one at the same path: what replaced it. */
		snprintf(path, sizeof path, "/%u", i % 2 ? i : 0);
		all[i] = see(n, 100 + i, path, 1);
	}
	for (unsigned i = 0; i < MANY; i++) {
		const struct trace_inode inode = { 1, 100 + i };
		uint64_t number = 0;

		snprintf(path, sizeof path, "/%u", i % 2 ? i : 0);
		if (!trace_numbers_known(n, inode, trace_numbers_hash(str_of(path)), &number) ||
			number != all[i])
			CHECK(false);
	}
	for (unsigned i = 0; i < MANY; i += 997)
		for (unsigned k = 0; k < MANY; k++)
			if (k != i && all[k] == all[i])
				CHECK(false);
	CHECK(true);
	trace_numbers_free(n);
}

static void order(void)
{
	static const char *const given[] = { "b", "..", "a", "a.c", "-", ".", "\xc3\xa4", "B" };
	static const char *const sorted[] = { ".", "..", "-", "B", "a", "a.c", "b", "\xc3\xa4" };
	struct trace_entry e[3][ARRAY_LEN(given)];
	bool moved = false;

	for (unsigned order = 0; order < 3; order++) {
		for (size_t i = 0; i < ARRAY_LEN(given); i++)
			e[order][i] = (struct trace_entry){ i, str_of(given[i]), 0 };
		trace_listing_sort(e[order], ARRAY_LEN(given), (enum box_order)order, 42);
	}
	for (size_t i = 0; i < ARRAY_LEN(given); i++) {
		CHECK(str_is(e[BOX_ORDER_SORTED][i].name, sorted[i]));
		CHECK(str_is(e[BOX_ORDER_REVERSED][i].name, sorted[i < 2 ? i : 9 - i]));
		moved |= !str_is(e[BOX_ORDER_SHUFFLED][i].name, sorted[i]);
	}
	CHECK(moved && str_is(e[BOX_ORDER_SHUFFLED][0].name, "."));
}

int main(void)
{
	times();
	moments();
	numbers();
	many_numbers();
	order();
	return test_end();
}
