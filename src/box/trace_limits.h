/*
 * What the whole box uses of memory and disk, looked at several times a second: ordinary users have nothing else that holds
 * for a group of processes on every machine. Memory is what is the processes' own (not files; what several share is
 * there once); disk is what lies in the work folder, /tmp, /dev/shm and /out,
 * and what came to writable binds. Who hides a folder from this (too deep) is over the limit.
 */
#ifndef ASSAY_BOX_TRACE_LIMITS_H
#define ASSAY_BOX_TRACE_LIMITS_H

#include "box/trace_process.h"

enum {
	TRACE_LIMITS_EVERY_MS = 50, /* and never more than a twentieth of the time */
	TRACE_LIMITS_ROOM =
		256
		<< 20, /* above the limit of disk, so that it is seen before the kernel says ENOSPC */
	TRACE_LIMITS_FILES =
		1000000, /* in the work folder, in /tmp, in a whole root: an empty one takes memory, too */
};

/* What is in the binds now is not the commands' doing. */
void trace_limits_begin(struct tracer *t);
/* The limit that is exceeded now. */
enum box_limit trace_limits_disk(const struct tracer *t);
enum box_limit trace_limits_memory(const struct tracer *t);

#endif
