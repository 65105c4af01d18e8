/*
 * Calls that wait with a limit: they really wait as long, and when the time ran out the process's clock stands at the
 * end of it. A deadline by a virtual clock is given to the kernel as one by its own.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "box/trace_clock.h"
#include "box/trace_files.h"
#include "base/banned.h"

enum { NR_FUTEX_WAITV = 449, NR_FUTEX_WAIT = 455, FUTEX_OPERATION = 0x7f /* FUTEX_CMD_MASK */ };

/* How a call is told its limit. */
enum form {
	MILLISECONDS, /* an int; negative: none */
	TIMEVAL,      /* what is left is written back */
	TIMESPEC,
	TIMESPEC_BACK, /* what is left is written back */
	SLEEP, /* nanosleep: what is left is written back to the next argument, when interrupted */
	UNTIL, /* a timespec by a clock */
};

struct limit {
	enum form form;
	unsigned at;     /* argument */
	int clock;       /* of UNTIL */
	int64_t ran_out; /* the answer that says so */
};

/* Which of futex(2)'s operations wait, and how. */
static bool futex_limit(const struct trace_call *c, struct limit *l)
{
	int operation = (int)c->args[1];

	*l = (struct limit){ UNTIL, 3, CLOCK_MONOTONIC, -ETIMEDOUT };
	if (operation & FUTEX_CLOCK_REALTIME)
		l->clock = CLOCK_REALTIME;
	switch (operation & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
		l->form = TIMESPEC;
		return true;
	case FUTEX_LOCK_PI:
		l->clock = CLOCK_REALTIME;
		return true;
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_LOCK_PI2:
		return true;
	default:
		return false;
	}
}

static bool clock_limit(const struct trace_call *c, struct limit *l)
{
	int64_t ignored;

	*l = (struct limit){ SLEEP, 2, (int)c->args[0], 0 };
	if (c->args[1] & TIMER_ABSTIME)
		l->form = UNTIL;
	return trace_clock_offset(c->t, l->clock, &ignored);
}

static bool limit_of(const struct trace_call *c, struct limit *l)
{
	switch (c->nr) {
	case SYS_nanosleep:
		*l = (struct limit){ SLEEP, 0, 0, 0 };
		return true;
	case SYS_clock_nanosleep:
		return clock_limit(c, l);
	case SYS_poll:
		*l = (struct limit){ MILLISECONDS, 2, 0, 0 };
		return true;
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		*l = (struct limit){ MILLISECONDS, 3, 0, 0 };
		return true;
	case SYS_epoll_pwait2:
		*l = (struct limit){ TIMESPEC, 3, 0, 0 };
		return true;
	case SYS_select:
		*l = (struct limit){ TIMEVAL, 4, 0, 0 };
		return true;
	case SYS_pselect6:
		*l = (struct limit){ TIMESPEC_BACK, 4, 0, 0 };
		return true;
	case SYS_ppoll:
		*l = (struct limit){ TIMESPEC_BACK, 2, 0, 0 };
		return true;
	case SYS_futex:
		return futex_limit(c, l);
	case NR_FUTEX_WAITV:
		*l = (struct limit){ UNTIL, 3, (int)c->args[4], -ETIMEDOUT };
		return true;
	case NR_FUTEX_WAIT:
		*l = (struct limit){ UNTIL, 4, (int)c->args[5], -ETIMEDOUT };
		return true;
	case SYS_rt_sigtimedwait:
		*l = (struct limit){ TIMESPEC, 2, 0, -EAGAIN };
		return true;
	case SYS_semtimedop:
		*l = (struct limit){ TIMESPEC, 3, 0, -EAGAIN };
		return true;
	case SYS_mq_timedsend:
	case SYS_mq_timedreceive:
		*l = (struct limit){ UNTIL, 4, CLOCK_REALTIME, -ETIMEDOUT };
		return true;
	case SYS_io_getevents:
	case SYS_io_pgetevents:
		*l = (struct limit){ TIMESPEC, 4, 0, 0 };
		return true;
	default:
		return false;
	}
}

/* What a handler keeps: when the wait ends by the process's clock and by the kernel's, and the limit as it was given. */
enum { ENDS, REAL, GIVEN, GIVEN_NS };

static bool read_limit(struct trace_call *c, const struct limit *l, int64_t *ns)
{
	uint64_t given[2];

	if (l->form == MILLISECONDS) {
		*ns = (int64_t)(int)c->args[l->at] * 1000000;
		return true;
	}
	if (!trace_read(c, c->args[l->at], given, sizeof given))
		return false;
	c->own[GIVEN] = given[0];
	c->own[GIVEN_NS] = given[1];
	/* select takes microseconds beyond a second, too. */
	if (l->form == TIMEVAL)
		*ns = trace_clock_ns((int64_t)given[0] + (int64_t)given[1] / 1000000,
			(int64_t)given[1] % 1000000 * 1000);
	else
		*ns = trace_clock_ns((int64_t)given[0], (int64_t)given[1]);
	return true;
}

static enum trace_next until(struct trace_call *c, const struct limit *l, int64_t deadline)
{
	int64_t offset, left;
	struct timespec real;

	if (!trace_clock_offset(c->t, l->clock, &offset))
		return TRACE_GO;
	if (!c->again) {
		c->own[ENDS] = (uint64_t)(deadline - offset);
		left = deadline - offset - c->process->now;
		c->own[REAL] = (uint64_t)(trace_clock_real(l->clock) + (left > 0 ? left : 0));
	}
	real = trace_clock_spec((int64_t)c->own[REAL]);
	c->args[l->at] = trace_scratch(c, &real, sizeof real);
	return TRACE_WATCH;
}

static enum trace_next wait_before(struct trace_call *c)
{
	struct limit l;
	int64_t ns;

	/* What the kernel refuses, it shall refuse. */
	if (!limit_of(c, &l) || !read_limit(c, &l, &ns) || ns < 0)
		return TRACE_GO;
	trace_clock_settle(c->t, c->process);
	if (l.form == UNTIL)
		return until(c, &l, ns);
	if (ns == 0)
		return TRACE_GO;
	if (!c->again)
		c->own[ENDS] = (uint64_t)(c->process->now + ns);
	return TRACE_WATCH;
}

static void wait_after(struct trace_call *c)
{
	struct limit l;

	if (!limit_of(c, &l))
		return;
	if (c->result == l.ran_out) {
		int64_t slept = (int64_t)c->own[ENDS] - c->process->now;

		trace_clock_lift(c->process, (int64_t)c->own[ENDS]);
		if (c->nr == SYS_nanosleep || c->nr == SYS_clock_nanosleep)
			trace_files_slept(c, slept);
	} else if (l.form == TIMEVAL || l.form == TIMESPEC_BACK)
		trace_write(c, c->args[l.at], &c->own[GIVEN], 2 * sizeof c->own[0]);
}

/* What a sleep has left, for a program that has a handler of the signal. */
static void wait_interrupted(struct trace_call *c)
{
	struct timespec left;
	int64_t ns;
	struct limit l;

	if (!limit_of(c, &l) || l.form != SLEEP || !c->args[l.at + 1])
		return;
	trace_clock_settle(c->t, c->process);
	ns = (int64_t)c->own[ENDS] - c->process->now;
	left = trace_clock_spec(ns > 0 ? ns : 0);
	trace_write(c, c->args[l.at + 1], &left, sizeof left);
}

/* A limit in milliseconds that is there, and one behind a pointer. */
#define WAIT_MS(call, at)                                                                       \
	{                                                                                       \
		.nr = (call), .channel = BOX_CLOCK, .before = wait_before, .after = wait_after, \
		.when = {                                                                       \
			{ .arg = (at), .mask = 0x80000000, .value = 0 }                         \
		}                                                                               \
	}
#define WAIT(call, at)                                                                          \
	{                                                                                       \
		.nr = (call), .channel = BOX_CLOCK, .before = wait_before, .after = wait_after, \
		.interrupted = wait_interrupted, .when = {                                      \
			TRACE_NOT_NULL(at)                                                      \
		}                                                                               \
	}

/* Calls that wake others leave anything in the argument of the limit. */
#define WAIT_FUTEX(operation)                                                                      \
	{                                                                                          \
		.nr = SYS_futex, .channel = BOX_CLOCK, .before = wait_before, .after = wait_after, \
		.interrupted = wait_interrupted, .when = {                                         \
			TRACE_NOT_NULL(3),                                                         \
			{ .arg = 1, .mask = FUTEX_OPERATION, .value = (operation) }                \
		}                                                                                  \
	}

const struct trace_handler trace_wait_calls[] = {
	WAIT(SYS_nanosleep, 0),
	WAIT(SYS_clock_nanosleep, 2),
	WAIT_MS(SYS_poll, 2),
	WAIT_MS(SYS_epoll_wait, 3),
	WAIT_MS(SYS_epoll_pwait, 3),
	WAIT(SYS_epoll_pwait2, 3),
	WAIT(SYS_select, 4),
	WAIT(SYS_pselect6, 4),
	WAIT(SYS_ppoll, 2),
	WAIT_FUTEX(FUTEX_WAIT),
	WAIT_FUTEX(FUTEX_WAIT_BITSET),
	WAIT_FUTEX(FUTEX_LOCK_PI),
	WAIT_FUTEX(FUTEX_LOCK_PI2),
	WAIT_FUTEX(FUTEX_WAIT_REQUEUE_PI),
	WAIT(NR_FUTEX_WAITV, 3),
	WAIT(NR_FUTEX_WAIT, 4),
	WAIT(SYS_rt_sigtimedwait, 2),
	WAIT(SYS_semtimedop, 3),
	WAIT(SYS_mq_timedsend, 4),
	WAIT(SYS_mq_timedreceive, 4),
	WAIT(SYS_io_getevents, 4),
	WAIT(SYS_io_pgetevents, 4),
	{ .nr = -1 },
};
