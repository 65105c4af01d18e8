/*
 * The time stamp counter: rdtsc and rdtscp are forbidden in the box (PR_SET_TSC), and each use is answered from the virtual
 * clock, as by a processor of 1 GHz. A program that blocks or ignores SIGSEGV and uses rdtsc loses what it set for the
 * signal (the kernel resets it before anyone is asked).
 */
#ifndef ASSAY_BOX_TRACE_TSC_H
#define ASSAY_BOX_TRACE_TSC_H

#include "box/trace_process.h"

/* In the process that becomes a command. False: this kernel or processor does not know how. */
bool trace_tsc_forbid(void);

/* A thread is to get SIGSEGV: was it for this, and is it answered? Then the signal is not to be delivered. */
bool trace_tsc_answer(struct tracer *t, struct trace_thread *thread);

#endif
