/*
 * The virtual clock. Each process has one, which its threads share:
 *   - a step's first process starts at clock_start + the step's number in seconds, and TRACE_STEP_FIRST_NS
 *   - each query adds TRACE_CLOCK_QUERY_NS
 *   - a wait that ran out of time really takes as long, and ends that much later by the clock
 *   - a forked process has its parent's clock
 *   - exec sets the part below a second to TRACE_CLOCK_EXEC_NS, so that how often the parent asked before does not show
 *   - who waited for a child is lifted to the last whole second that the child has seen
 * Monotonic clocks are the same less a constant.
 */
#ifndef ASSAY_BOX_TRACE_CLOCK_H
#define ASSAY_BOX_TRACE_CLOCK_H

#include "box/trace_process.h"

enum { TRACE_CLOCK_QUERY_NS = 1000, TRACE_CLOCK_EXEC_NS = 2000000 };

/* A step's first process. */
void trace_clock_start(struct tracer *t, struct trace_process *p);
void trace_clock_exec(struct tracer *t, struct trace_process *p);
/* A query: the time by the process's clock, ns since 1970. */
int64_t trace_clock_read(struct trace_call *c);

#endif
