/*
 * The virtual clock. Each process has one, which its threads share:
 *   - a step's first process starts at clock_start + the step's number in seconds, and TRACE_STEP_FIRST_NS; never before
 *     the last whole second that the step before has seen
 *   - each query adds TRACE_CLOCK_QUERY_NS; so much processor time has passed, too
 *   - a wait that ran out of time really takes as long, and ends that much later by the clock (trace_wait.c); so does a
 *     timer that ran out (trace_timer.c)
 *   - a forked process has its parent's clock
 *   - exec sets the part below a second to TRACE_CLOCK_EXEC_NS, so that how often the parent asked before does not show
 *   - who waited for a child is lifted to the last whole second that the child has seen
 * Monotonic clocks are the same less a constant. Numbers are nanoseconds since 1970 by the process's clock.
 */
#ifndef ASSAY_BOX_TRACE_CLOCK_H
#define ASSAY_BOX_TRACE_CLOCK_H

#include <time.h>

#include "box/trace_process.h"

enum { TRACE_CLOCK_QUERY_NS = 1000, TRACE_CLOCK_EXEC_NS = 2000000, TRACE_CLOCK_TICK_NS = 10000000 };
#define TRACE_CLOCK_SECOND_NS 1000000000LL

/* A step's first process. */
void trace_clock_start(struct tracer *t, struct trace_process *p);
void trace_clock_exec(struct tracer *t, struct trace_process *p);
/* Its last thread has ended. */
void trace_clock_end(struct tracer *t, struct trace_process *p);

/* A query. */
int64_t trace_clock_read(struct trace_call *c);
/* Lifts the clock by what the process has waited for: children that it reaped, timers that ran out. Before now is used. */
void trace_clock_settle(struct tracer *t, struct trace_process *p);
void trace_clock_lift(struct trace_process *p, int64_t to);

/*
 * What the clock of this id (CLOCK_MONOTONIC...) shows more than the process's; false for those that count processor time
 * and those that are not there.
 */
bool trace_clock_offset(const struct tracer *t, int id, int64_t *offset);
/* The machine's own clock of this id, ns. */
int64_t trace_clock_real(int id);

/* Saturates at 100 years; -1 for what the kernel refuses. */
int64_t trace_clock_ns(int64_t seconds, int64_t ns);

static inline struct timespec trace_clock_spec(int64_t ns)
{
	return (struct timespec){ ns / TRACE_CLOCK_SECOND_NS, ns % TRACE_CLOCK_SECOND_NS };
}

#endif
