/*
 * File times as a step sees them. Every time that the kernel stamped while step k ran is shown as one moment, a little
 * after the step's start by the virtual clock: nothing tells which of two files was finished first, and what a step made
 * is newer than its sources, never in the future. A time that a program set stays as it is.
 *
 * Who sleeps for a second or more wants later files to be newer, so after that they are: a new moment begins.
 *
 * Whether the kernel stamped a time or a program set it is told by its value: within the real time of the run, or not.
 */
#ifndef ASSAY_BOX_TRACE_TIMES_H
#define ASSAY_BOX_TRACE_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { TRACE_MOMENTS_MAX = 4096 /* sleeps beyond them begin no new one */ };

/* Files stamped at or after `real` are shown with `shown`; both ns since 1970. */
struct trace_moment {
	int64_t real, shown;
};

struct trace_times {
	int64_t start;  /* the view's clock_start, ns */
	int64_t offset; /* added to what is shown of times that the kernel stamped, ns */
	size_t n;
	struct trace_moment moments[TRACE_MOMENTS_MAX]; /* rising in both */
};

/* Times of one file. */
struct trace_stamps {
	struct timespec atime, mtime, ctime;
};

/* From here on files are shown with `shown` (ns), or, when that is not later than before, with the next whole second's. */
int64_t trace_times_add(struct trace_times *t, int64_t real, int64_t shown);
/*
 * Replaces the times. now: real time, ns. of_box: the file lies where nothing but the box's own can be, so that a time
 * before the first moment is the time when the box was made.
 */
void trace_times_show(
	const struct trace_times *t, struct trace_stamps *s, int64_t now, bool of_box);

#endif
