#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_timer.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/trace_clock.h"
#include "base/banned.h"

enum { TIMERS_MAX = 1024 }; /* of a process; those beyond run by the kernel's clock */

enum kind { ALARM, POSIX, DESCRIPTOR };

struct trace_timer {
	struct trace_timer *next;
	enum kind kind;
	int id; /* of timer_create; the descriptor */
	int clock;
	bool runs;
	int64_t at;    /* when it runs out, by the process's clock */
	int64_t every; /* 0: once */
	int64_t real;  /* the same by the machine's monotonic clock */
};

static struct trace_timer *find(struct trace_process *p, enum kind kind, int id)
{
	struct trace_timer *timer = p->timers;

	while (timer && (timer->kind != kind || timer->id != id))
		timer = timer->next;
	return timer;
}

static struct trace_timer *find_or_add(struct trace_process *p, enum kind kind, int id)
{
	struct trace_timer *timer = find(p, kind, id);
	size_t n = 0;

	if (timer)
		return timer;
	for (timer = p->timers; timer; timer = timer->next)
		n++;
	if (n == TIMERS_MAX)
		return NULL;
	timer = MEM_NEW(struct trace_timer);
	*timer = (struct trace_timer){ p->timers, kind, id, CLOCK_MONOTONIC, false, 0, 0, 0 };
	p->timers = timer;
	return timer;
}

/* Removes all of this kind; of `id` where it is not negative. */
static void forget(struct trace_process *p, enum kind kind, int id)
{
	struct trace_timer **at = &p->timers;

	while (*at) {
		struct trace_timer *timer = *at;

		if (timer->kind != kind || (id >= 0 && timer->id != id)) {
			at = &timer->next;
			continue;
		}
		*at = timer->next;
		mem_free(&timer);
	}
}

void trace_timer_exec(struct trace_process *p)
{
	forget(p, POSIX, -1);
}

void trace_timer_end(struct trace_process *p)
{
	forget(p, ALARM, -1);
	forget(p, POSIX, -1);
	forget(p, DESCRIPTOR, -1);
}

/* A descriptor can be closed without our seeing it. */
static bool is_open(const struct trace_process *p, int fd)
{
	const struct trace_call c = { .process = (struct trace_process *)(uintptr_t)p };
	int copy = trace_fd(&c, fd);
	struct itimerspec now;
	bool ok = copy >= 0 && timerfd_gettime(copy, &now) == 0;

	if (copy >= 0)
		close(copy);
	return ok;
}

void trace_timer_settle(struct trace_process *p)
{
	int64_t real = trace_clock_real(CLOCK_MONOTONIC);

	for (struct trace_timer *timer = p->timers; timer; timer = timer->next) {
		int64_t times;

		if (!timer->runs || timer->real > real)
			continue;
		if (timer->kind == DESCRIPTOR && !is_open(p, timer->id)) {
			timer->runs = false;
			continue;
		}
		times = timer->every ? (real - timer->real) / timer->every : 0;
		trace_clock_lift(p, timer->at + times * timer->every);
		timer->runs = timer->every != 0;
		timer->at += (times + 1) * timer->every;
		timer->real += (times + 1) * timer->every;
	}
}

/* What is left, 0 when it does not run. */
static int64_t left_of(const struct trace_process *p, const struct trace_timer *timer)
{
	if (!timer || !timer->runs)
		return 0;
	return timer->at > p->now ? timer->at - p->now : 1;
}

/* The kernel's timer was set after `real`, so that it does not run out before ours. */
enum { LEFT, EVERY, REAL };

static void set(struct trace_call *c, struct trace_timer *timer, int64_t left, int64_t every)
{
	if (!timer)
		return;
	timer->runs = left > 0;
	timer->at = c->process->now + left;
	timer->every = every;
	timer->real = (int64_t)c->own[REAL] + left;
}

/* ---- alarm and setitimer: one real timer of a process ---- */

static enum trace_next alarm_before(struct trace_call *c)
{
	struct trace_process *p = c->process;
	int64_t left;

	trace_clock_settle(c->t, p);
	left = left_of(p, find(p, ALARM, 0));
	c->own[LEFT] = (uint64_t)((left + TRACE_CLOCK_SECOND_NS / 2) / TRACE_CLOCK_SECOND_NS);
	if (left && !c->own[LEFT])
		c->own[LEFT] = 1;
	c->own[REAL] = (uint64_t)trace_clock_real(CLOCK_MONOTONIC);
	return TRACE_WATCH;
}

static void alarm_after(struct trace_call *c)
{
	c->result = (int64_t)c->own[LEFT];
	set(c, find_or_add(c->process, ALARM, 0),
		(int64_t)(uint32_t)c->args[0] * TRACE_CLOCK_SECOND_NS, 0);
}

static struct itimerval interval_value(
	const struct trace_process *p, const struct trace_timer *timer)
{
	int64_t left = left_of(p, timer), every = timer ? timer->every : 0;

	left = left && left < 1000 ? 1000 : left;
	return (struct itimerval){
		{ every / TRACE_CLOCK_SECOND_NS, every % TRACE_CLOCK_SECOND_NS / 1000 },
		{ left / TRACE_CLOCK_SECOND_NS, left % TRACE_CLOCK_SECOND_NS / 1000 },
	};
}

static enum trace_next getitimer_before(struct trace_call *c)
{
	struct itimerval now;

	if ((int)c->args[0] != ITIMER_REAL)
		return TRACE_GO;
	trace_clock_settle(c->t, c->process);
	now = interval_value(c->process, find(c->process, ALARM, 0));
	return trace_answer(c, trace_write(c, c->args[1], &now, sizeof now) ? 0 : -EFAULT);
}

static enum trace_next setitimer_before(struct trace_call *c)
{
	if ((int)c->args[0] != ITIMER_REAL)
		return TRACE_GO;
	trace_clock_settle(c->t, c->process);
	c->own[REAL] = (uint64_t)trace_clock_real(CLOCK_MONOTONIC);
	return TRACE_WATCH;
}

static void setitimer_after(struct trace_call *c)
{
	struct trace_timer *timer = find_or_add(c->process, ALARM, 0);
	struct itimerval new = { 0 }, old;

	if (c->result < 0 || !timer)
		return;
	old = interval_value(c->process, timer);
	if (c->args[1] && !trace_read(c, c->args[1], &new, sizeof new))
		return;
	if (c->args[2])
		trace_write(c, c->args[2], &old, sizeof old);
	set(c, timer, trace_clock_ns(new.it_value.tv_sec, new.it_value.tv_usec * 1000),
		trace_clock_ns(new.it_interval.tv_sec, new.it_interval.tv_usec * 1000));
}

/* ---- timer_create and timerfd ---- */

static enum kind kind_of(const struct trace_call *c)
{
	switch (c->nr) {
	case SYS_timer_create:
	case SYS_timer_settime:
	case SYS_timer_gettime:
	case SYS_timer_delete:
		return POSIX;
	default:
		return DESCRIPTOR;
	}
}

static enum trace_next create_before(struct trace_call *c)
{
	int64_t ignored;

	return trace_clock_offset(c->t, (int)c->args[0], &ignored) ? TRACE_WATCH : TRACE_GO;
}

static void create_after(struct trace_call *c)
{
	struct trace_timer *timer;
	int id = (int)c->result;

	if (c->result < 0 ||
		(c->nr == SYS_timer_create && !trace_read(c, c->args[2], &id, sizeof id)))
		return;
	timer = find_or_add(c->process, kind_of(c), id);
	if (!timer)
		return;
	timer->clock = (int)c->args[0];
	timer->runs = false;
	timer->every = 0;
}

static struct itimerspec timer_value(const struct trace_process *p, const struct trace_timer *timer)
{
	return (struct itimerspec){ trace_clock_spec(timer->every),
		trace_clock_spec(left_of(p, timer)) };
}

static enum trace_next gettime_before(struct trace_call *c)
{
	struct trace_timer *timer = find(c->process, kind_of(c), (int)c->args[0]);
	struct itimerspec now;

	if (!timer)
		return TRACE_GO;
	trace_clock_settle(c->t, c->process);
	now = timer_value(c->process, timer);
	return trace_answer(c, trace_write(c, c->args[1], &now, sizeof now) ? 0 : -EFAULT);
}

/* A descriptor that a parent made is not known, its clock supposed. */
static enum trace_next settime_before(struct trace_call *c)
{
	bool absolute = c->args[1] & TFD_TIMER_ABSTIME; /* TIMER_ABSTIME has the same value */
	struct trace_timer *timer = find(c->process, kind_of(c), (int)c->args[0]);
	int64_t ns, every, offset = 0;
	struct itimerspec new;

	if (!timer && kind_of(c) == DESCRIPTOR)
		timer = find_or_add(c->process, DESCRIPTOR, (int)c->args[0]);
	if (!timer || !trace_read(c, c->args[2], &new, sizeof new))
		return TRACE_GO;
	ns = trace_clock_ns(new.it_value.tv_sec, new.it_value.tv_nsec);
	every = trace_clock_ns(new.it_interval.tv_sec, new.it_interval.tv_nsec);
	if (ns < 0 || every < 0)
		return TRACE_GO;
	trace_clock_settle(c->t, c->process);
	c->own[REAL] = (uint64_t)trace_clock_real(CLOCK_MONOTONIC);
	if (absolute && ns > 0 && trace_clock_offset(c->t, timer->clock, &offset)) {
		ns -= offset + c->process->now;
		ns = ns > 0 ? ns : 1;
		new.it_value = trace_clock_spec(trace_clock_real(timer->clock) + ns);
		c->args[2] = trace_scratch(c, &new, sizeof new);
	}
	c->own[LEFT] = (uint64_t)ns;
	c->own[EVERY] = (uint64_t)every;
	return TRACE_WATCH;
}

static void settime_after(struct trace_call *c)
{
	struct trace_timer *timer = find(c->process, kind_of(c), (int)c->args[0]);
	struct itimerspec old;

	if (c->result < 0 || !timer)
		return;
	old = timer_value(c->process, timer);
	if (c->args[3])
		trace_write(c, c->args[3], &old, sizeof old);
	set(c, timer, (int64_t)c->own[LEFT], (int64_t)c->own[EVERY]);
}

static enum trace_next delete_before(struct trace_call *c)
{
	forget(c->process, POSIX, (int)c->args[0]);
	return TRACE_GO;
}

const struct trace_handler trace_timer_calls[] = {
	{ .nr = SYS_alarm, .channel = BOX_CLOCK, .before = alarm_before, .after = alarm_after },
	{ .nr = SYS_getitimer, .channel = BOX_CLOCK, .before = getitimer_before },
	{ .nr = SYS_setitimer,
		.channel = BOX_CLOCK,
		.before = setitimer_before,
		.after = setitimer_after },
	{ .nr = SYS_timer_create,
		.channel = BOX_CLOCK,
		.before = create_before,
		.after = create_after },
	{ .nr = SYS_timer_settime,
		.channel = BOX_CLOCK,
		.before = settime_before,
		.after = settime_after },
	{ .nr = SYS_timer_gettime, .channel = BOX_CLOCK, .before = gettime_before },
	{ .nr = SYS_timer_delete, .channel = BOX_CLOCK, .before = delete_before },
	{ .nr = SYS_timerfd_create,
		.channel = BOX_CLOCK,
		.before = create_before,
		.after = create_after },
	{ .nr = SYS_timerfd_settime,
		.channel = BOX_CLOCK,
		.before = settime_before,
		.after = settime_after },
	{ .nr = SYS_timerfd_gettime, .channel = BOX_CLOCK, .before = gettime_before },
	{ .nr = -1 },
};
