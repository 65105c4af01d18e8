/*
 * Stops of a thread at a system call: asks the handlers, changes registers, lets it go on.
 */
#ifndef ASSAY_BOX_TRACE_CALL_H
#define ASSAY_BOX_TRACE_CALL_H

#include "box/trace_process.h"

/* Fills by_nr with the handlers of all channels that the view fixes. */
void trace_call_install(struct tracer *t);

/* Stopped by the filter, before the call. The thread goes on. */
void trace_call_begin(struct tracer *t, struct trace_thread *thread);
/* Stopped on the way back from a watched call. The thread goes on. */
void trace_call_end(struct trace_thread *thread);

/* From any stop; with a signal where sig is not 0. */
void trace_call_resume(const struct trace_thread *thread, int sig);

#endif
