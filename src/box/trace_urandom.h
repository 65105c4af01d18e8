/*
 * /dev/random and /dev/urandom. Both are one file of TRACE_URANDOM_SIZE random bytes from the box's seed, which is filled
 * when it is first opened. Each opening starts at a place of its own, which follows from the process's stream: so two
 * processes read different bytes, and every read is an ordinary read of a file, however large.
 *
 * Limit: an opening ends after at least TRACE_URANDOM_SIZE - TRACE_URANDOM_STARTS bytes, where the real ones never end.
 */
#ifndef ASSAY_BOX_TRACE_URANDOM_H
#define ASSAY_BOX_TRACE_URANDOM_H

#include <sys/stat.h>

#include "box/trace.h"

enum { TRACE_URANDOM_SIZE = 64 << 20, TRACE_URANDOM_STARTS = 32 << 20 };

/* Before and after the call that opens one of them. */
enum trace_next trace_urandom_open(struct trace_call *c, unsigned path_arg, unsigned flags_arg);
void trace_urandom_opened(struct trace_call *c);

#endif
