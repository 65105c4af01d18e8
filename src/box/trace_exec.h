/*
 * What a new program image finds in its memory: the vDSO taken from the auxiliary vector (AT_IGNORE), so that the time
 * is asked of the kernel; AT_RANDOM's bytes from the process's own stream; hardware capabilities of the plain
 * architecture. Also where a process gets its name by its path, arguments and folder (trace_random.h).
 */
#ifndef ASSAY_BOX_TRACE_EXEC_H
#define ASSAY_BOX_TRACE_EXEC_H

#include "box/trace_process.h"

/* At the stop after exec: nothing of the new image has run yet. */
void trace_exec_begin(struct tracer *t, struct trace_thread *thread);

#endif
