#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_clock.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "base/banned.h"

static const int64_t second_ns = 1000000000;

/* What monotonic clocks show when a step's clock stands at clock_start: an uptime. */
static const int64_t uptime_ns = 1000 * 1000000000LL;

void trace_clock_start(struct tracer *t, struct trace_process *p)
{
	p->now = (t->view.clock_start + t->step) * second_ns + TRACE_STEP_FIRST_NS;
}

void trace_clock_exec(struct tracer *t, struct trace_process *p)
{
	(void)t;
	p->now += TRACE_CLOCK_EXEC_NS - p->now % second_ns;
}

int64_t trace_clock_read(struct trace_call *c)
{
	int64_t now = c->process->now;

	c->process->now += TRACE_CLOCK_QUERY_NS;
	return now;
}

static enum trace_next clock_gettime_before(struct trace_call *c)
{
	int64_t now = trace_clock_read(c);
	struct timespec ts;

	switch ((int)c->args[0]) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
		break;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		now += uptime_ns - c->t->view.clock_start * second_ns;
		break;
	default:
		return TRACE_GO;
	}
	ts = (struct timespec){ now / second_ns, now % second_ns };
	return trace_answer(c, trace_write(c, c->args[1], &ts, sizeof ts) ? 0 : -EFAULT);
}

static enum trace_next gettimeofday_before(struct trace_call *c)
{
	int64_t now = trace_clock_read(c);
	const struct timeval tv = { now / second_ns, now % second_ns / 1000 };
	const struct timezone utc = { 0 };

	if (c->args[0] && !trace_write(c, c->args[0], &tv, sizeof tv))
		return trace_answer(c, -EFAULT);
	if (c->args[1] && !trace_write(c, c->args[1], &utc, sizeof utc))
		return trace_answer(c, -EFAULT);
	return trace_answer(c, 0);
}

static enum trace_next time_before(struct trace_call *c)
{
	const int64_t seconds = trace_clock_read(c) / second_ns;

	if (c->args[0] && !trace_write(c, c->args[0], &seconds, sizeof seconds))
		return trace_answer(c, -EFAULT);
	return trace_answer(c, seconds);
}

const struct trace_handler trace_clock_calls[] = {
	{ SYS_clock_gettime, BOX_CLOCK, clock_gettime_before, NULL, { { 0 } } },
	{ SYS_gettimeofday, BOX_CLOCK, gettimeofday_before, NULL, { { 0 } } },
	{ SYS_time, BOX_CLOCK, time_before, NULL, { { 0 } } },
	{ .nr = -1 },
};
