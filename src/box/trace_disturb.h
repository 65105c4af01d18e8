/*
 * Which of two processes comes first is nobody's promise. Where the view has a seed for it, every new thread is held back
 * for a time that follows from the seed, so that what depends on the order shows. Here is also the list of all threads that
 * are held back, for this or another reason.
 */
#ifndef ASSAY_BOX_TRACE_DISTURB_H
#define ASSAY_BOX_TRACE_DISTURB_H

#include "box/trace_process.h"

enum { TRACE_DISTURB_LONGEST_NS = 8000000, TRACE_DISTURB_WAIT_NS = 1000000000 };

/* Is this new thread held back? */
bool trace_disturb_hold(struct tracer *t, struct trace_thread *thread);
/* Holds it back until its parent should have been heard of. */
void trace_disturb_wait(struct tracer *t, struct trace_thread *thread);
/* One whose time has come by `now` of the machine's monotonic clock, or NULL; it is not held any more. */
struct trace_thread *trace_disturb_next(struct tracer *t, int64_t now);
/* It is not held any more; nothing where it was not. */
void trace_disturb_forget(struct trace_thread *thread);

#endif
