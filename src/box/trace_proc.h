/*
 * Files of /proc/PID that tell of the process and of the machine in one text: what the machine decides is replaced, the
 * rest is as the kernel gives it (proc_pid_stat(5), proc_pid_status(5), proc_pid_maps(5)).
 */
#ifndef ASSAY_BOX_TRACE_PROC_H
#define ASSAY_BOX_TRACE_PROC_H

#include "base/buf.h"
#include "box/trace.h"

enum { TRACE_PROC_MAX = 16 << 20 /* of one text */ };

/* Is this a name in /proc/PID whose text is rewritten? What belongs to a released channel is not. */
bool trace_proc_knows(struct str name, const struct box_view *v);
/* The text of `name` for the call's process from the kernel's; out is initialised by the caller. */
void trace_proc_rewrite(
	const struct trace_call *c, struct str name, struct str text, struct buf *out);

#endif
