#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_clock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>

#include "base/mem.h"
#include "box/trace_timer.h"
#include "base/banned.h"

#define SECOND TRACE_CLOCK_SECOND_NS

/* What monotonic clocks show when a step's clock stands at clock_start. */
static const int64_t uptime_ns = 1000 * SECOND;

static const int64_t longest_ns = 100LL * 365 * 24 * 3600 * SECOND;

/* A child that was not waited for yet, as far as is known, and saw a later second than its parent. */
struct trace_ended {
	struct trace_ended *next;
	pid_t pid;
	int64_t seen;
};

static int64_t second_of(int64_t ns)
{
	return ns - ns % SECOND;
}

void trace_clock_start(struct tracer *t, struct trace_process *p)
{
	int64_t from = (t->view.clock_start + t->step) * SECOND;

	p->now = (from > t->seen ? from : t->seen) + TRACE_STEP_FIRST_NS;
}

void trace_clock_exec(struct tracer *t, struct trace_process *p)
{
	trace_clock_settle(t, p);
	p->now = second_of(p->now) + TRACE_CLOCK_EXEC_NS;
	trace_timer_exec(p);
}

void trace_clock_lift(struct trace_process *p, int64_t to)
{
	if (p->now < to)
		p->now = to;
}

/* Who is not there any more has been waited for: a process that ended keeps its number until then. */
static void settle_children(struct trace_process *p)
{
	struct trace_ended **at = &p->ended;

	while (*at) {
		struct trace_ended *child = *at;

		if (kill(child->pid, 0) == 0 || errno != ESRCH) {
			at = &child->next;
			continue;
		}
		trace_clock_lift(p, child->seen);
		*at = child->next;
		mem_free(&child);
	}
}

void trace_clock_settle(struct tracer *t, struct trace_process *p)
{
	(void)t;
	if (p->ended)
		settle_children(p);
	if (p->timers)
		trace_timer_settle(p);
}

void trace_clock_end(struct tracer *t, struct trace_process *p)
{
	struct trace_process *parent = p->parent;
	struct trace_ended *ended;

	trace_clock_settle(t, p);
	while ((ended = p->ended)) {
		p->ended = ended->next;
		mem_free(&ended);
	}
	trace_timer_end(p);
	if (!parent && second_of(p->now) > t->seen)
		t->seen = second_of(p->now);
	if (!parent || parent->n_threads == 0 || second_of(p->now) <= parent->now)
		return;
	ended = MEM_NEW(struct trace_ended);
	*ended = (struct trace_ended){ parent->ended, p->pid, second_of(p->now) };
	parent->ended = ended;
}

int64_t trace_clock_read(struct trace_call *c)
{
	struct trace_process *p = c->process;

	trace_clock_settle(c->t, p);
	p->now += TRACE_CLOCK_QUERY_NS;
	p->processor_ns += TRACE_CLOCK_QUERY_NS;
	return p->now - TRACE_CLOCK_QUERY_NS;
}

bool trace_clock_offset(const struct tracer *t, int id, int64_t *offset)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		*offset = 0;
		return true;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		*offset = uptime_ns - t->view.clock_start * SECOND;
		return true;
	default:
		return false;
	}
}

int64_t trace_clock_real(int id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

int64_t trace_clock_ns(int64_t seconds, int64_t ns)
{
	if (seconds < 0 || ns < 0 || ns >= SECOND)
		return -1;
	return seconds >= longest_ns / SECOND ? longest_ns : seconds * SECOND + ns;
}

/* ---- system calls ---- */

/* Clocks of processor time: fixed ones, and those of a process or thread, whose ids are negative. */
static bool counts_processor(int id)
{
	return id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID || id < 0;
}

static enum trace_next clock_gettime_before(struct trace_call *c)
{
	int64_t now = trace_clock_read(c), offset = 0;
	int id = (int)c->args[0];
	struct timespec ts;

	if (!trace_clock_offset(c->t, id, &offset) && !counts_processor(id))
		return TRACE_GO;
	ts = trace_clock_spec(counts_processor(id) ? c->process->processor_ns : now + offset);
	return trace_answer(c, trace_write(c, c->args[1], &ts, sizeof ts) ? 0 : -EFAULT);
}

static enum trace_next clock_getres_before(struct trace_call *c)
{
	int id = (int)c->args[0];
	struct timespec ts = { 0, 1 };
	int64_t offset;

	if (!trace_clock_offset(c->t, id, &offset) && !counts_processor(id))
		return TRACE_GO;
	if (id == CLOCK_REALTIME_COARSE || id == CLOCK_MONOTONIC_COARSE)
		ts.tv_nsec = 4000000;
	if (c->args[1] && !trace_write(c, c->args[1], &ts, sizeof ts))
		return trace_answer(c, -EFAULT);
	return trace_answer(c, 0);
}

static enum trace_next gettimeofday_before(struct trace_call *c)
{
	int64_t now = trace_clock_read(c);
	const struct timeval tv = { now / SECOND, now % SECOND / 1000 };
	const struct timezone utc = { 0 };

	if (c->args[0] && !trace_write(c, c->args[0], &tv, sizeof tv))
		return trace_answer(c, -EFAULT);
	if (c->args[1] && !trace_write(c, c->args[1], &utc, sizeof utc))
		return trace_answer(c, -EFAULT);
	return trace_answer(c, 0);
}

static enum trace_next time_before(struct trace_call *c)
{
	const int64_t seconds = trace_clock_read(c) / SECOND;

	if (c->args[0] && !trace_write(c, c->args[0], &seconds, sizeof seconds))
		return trace_answer(c, -EFAULT);
	return trace_answer(c, seconds);
}

/* Only the machine's own administrators need more, and they have no rights here. */
static enum trace_next adjust_before(struct trace_call *c)
{
	return trace_answer(c, -EPERM);
}

static enum trace_next times_before(struct trace_call *c)
{
	int64_t now = trace_clock_read(c), offset = 0;
	const struct tms tms = { .tms_utime = c->process->processor_ns / TRACE_CLOCK_TICK_NS };

	trace_clock_offset(c->t, CLOCK_MONOTONIC, &offset);
	if (c->args[0] && !trace_write(c, c->args[0], &tms, sizeof tms))
		return trace_answer(c, -EFAULT);
	return trace_answer(c, (now + offset) / TRACE_CLOCK_TICK_NS);
}

static enum trace_next getrusage_before(struct trace_call *c)
{
	int who = (int)c->args[0];
	struct rusage r = { 0 };

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return trace_answer(c, -EINVAL);
	trace_clock_read(c);
	if (who != RUSAGE_CHILDREN) {
		r.ru_utime.tv_sec = c->process->processor_ns / SECOND;
		r.ru_utime.tv_usec = c->process->processor_ns % SECOND / 1000;
	}
	return trace_answer(c, trace_write(c, c->args[1], &r, sizeof r) ? 0 : -EFAULT);
}

/* wait4 and waitid; only calls that ask what the child used are stopped. */
static enum trace_next wait_before(struct trace_call *c)
{
	(void)c;
	return TRACE_WATCH;
}

static void wait_after(struct trace_call *c)
{
	const struct rusage none = { 0 };

	if (c->result < 0 || (c->nr == SYS_wait4 && c->result == 0))
		return;
	trace_write(c, c->args[c->nr == SYS_wait4 ? 3 : 4], &none, sizeof none);
}

const struct trace_handler trace_clock_calls[] = {
	{ .nr = SYS_clock_gettime, .channel = BOX_CLOCK, .before = clock_gettime_before },
	{ .nr = SYS_clock_getres, .channel = BOX_CLOCK, .before = clock_getres_before },
	{ .nr = SYS_gettimeofday, .channel = BOX_CLOCK, .before = gettimeofday_before },
	{ .nr = SYS_time, .channel = BOX_CLOCK, .before = time_before },
	{ .nr = SYS_adjtimex, .channel = BOX_CLOCK, .before = adjust_before },
	{ .nr = SYS_clock_adjtime, .channel = BOX_CLOCK, .before = adjust_before },
	{ .nr = SYS_times, .channel = BOX_CLOCK, .before = times_before },
	{ .nr = SYS_getrusage, .channel = BOX_CLOCK, .before = getrusage_before },
	{ .nr = SYS_wait4,
		.channel = BOX_CLOCK,
		.before = wait_before,
		.after = wait_after,
		.when = { TRACE_NOT_NULL(3) } },
	{ .nr = SYS_waitid,
		.channel = BOX_CLOCK,
		.before = wait_before,
		.after = wait_after,
		.when = { TRACE_NOT_NULL(4) } },
	{ .nr = -1 },
};
