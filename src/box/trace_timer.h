/*
 * Timers that run while the process does something else: alarm, setitimer, timer_create, timerfd. They really run; when
 * one has run out, the process's clock stands at the time for which it was set, which is seen when it is asked next.
 */
#ifndef ASSAY_BOX_TRACE_TIMER_H
#define ASSAY_BOX_TRACE_TIMER_H

#include "box/trace_process.h"

void trace_timer_settle(struct trace_process *p);
/* Forgets those that an exec ends, and all. */
void trace_timer_exec(struct trace_process *p);
void trace_timer_end(struct trace_process *p);

#endif
