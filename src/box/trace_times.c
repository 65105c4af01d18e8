#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_times.h"

#include "base/banned.h"

static const int64_t second_ns = 1000000000;

/* Times that do not fit are far in the past or the future: a program set them. */
static int64_t ns_of(struct timespec ts)
{
	if (ts.tv_sec >= INT64_MAX / second_ns)
		return INT64_MAX;
	if (ts.tv_sec <= INT64_MIN / second_ns)
		return INT64_MIN;
	return ts.tv_sec * second_ns + ts.tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
	int64_t rest = ns % second_ns;

	if (rest < 0)
		rest += second_ns;
	return (struct timespec){ (ns - rest) / second_ns, rest };
}

int64_t trace_times_add(struct trace_times *t, int64_t real, int64_t shown)
{
	const struct trace_moment *last = t->n ? &t->moments[t->n - 1] : NULL;

	if (last && shown <= last->shown)
		shown += (last->shown - shown) / second_ns * second_ns + second_ns;
	if (t->n < TRACE_MOMENTS_MAX)
		t->moments[t->n++] = (struct trace_moment){ real, shown };
	return shown;
}

/* The last moment that began at or before `real`; there is one. */
static int64_t moment_of(const struct trace_times *t, int64_t real)
{
	size_t low = 0, high = t->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (t->moments[middle].real <= real)
			low = middle;
		else
			high = middle;
	}
	return t->moments[low].shown + t->offset;
}

static bool is_stamp(const struct trace_times *t, int64_t real, int64_t now)
{
	return t->n && real >= t->moments[0].real && real <= now;
}

/* Nothing in the box touched the file: the machine's own times say nothing but when it was put there. */
static void show_untouched(const struct trace_times *t, struct trace_stamps *s, bool of_box)
{
	if (of_box || ns_of(s->mtime) > t->start)
		s->mtime = timespec_of(t->start);
	s->atime = s->ctime = s->mtime;
}

void trace_times_show(const struct trace_times *t, struct trace_stamps *s, int64_t now, bool of_box)
{
	if (!is_stamp(t, ns_of(s->ctime), now)) {
		show_untouched(t, s, of_box);
		return;
	}
	s->ctime = timespec_of(moment_of(t, ns_of(s->ctime)));
	if (is_stamp(t, ns_of(s->mtime), now))
		s->mtime = timespec_of(moment_of(t, ns_of(s->mtime)));
	/* Whether reading stamps a file depends on how its file system is mounted. */
	if (is_stamp(t, ns_of(s->atime), now))
		s->atime = s->ctime;
}
