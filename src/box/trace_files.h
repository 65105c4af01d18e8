/*
 * What the tracer knows of files: shared by the handlers of trace_stat.c, trace_folder.c, trace_open.c and trace_space.c.
 */
#ifndef ASSAY_BOX_TRACE_FILES_H
#define ASSAY_BOX_TRACE_FILES_H

#include <limits.h>

#include "box/box_fixed.h"
#include "box/trace.h"
#include "box/trace_listing.h"
#include "box/trace_numbers.h"
#include "box/trace_times.h"

enum { TRACE_DEVICES_MAX = 16 };

struct trace_files {
	struct box_fixed fixed;
	struct trace_times times;
	struct trace_numbers *numbers;
	struct trace_listings *listings;
	struct trace_inode random; /* what is seen as /dev/urandom; ino 0: the machine's own */
	bool random_filled;
	uint64_t n_served;      /* files made in BOX_SERVED so far */
	struct trace_inode out; /* the folder /out itself */
	uint64_t proc;          /* device of /proc */
	uint64_t own
		[TRACE_DEVICES_MAX]; /* devices on which there is only what the box or a step made */
	size_t n_own;
};

/* To be called in the finished root. Takes the descriptors of `fixed`. */
struct trace_files *trace_files_new(const struct tracer *t, const struct box_fixed *fixed);

/*
 * A step begins, whose clock stands at `clock` (ns): what files get from now on is told from what they have. Returns the
 * clock to begin with, which is later where files show a later time.
 */
int64_t trace_files_step(struct tracer *t, int64_t clock);
/* The calling process has slept for `ns` by its clock, which shows the end. */
void trace_files_slept(struct trace_call *c, int64_t ns);

/* ---- for the handlers ---- */

/*
 * The absolute text of what a call names: path may be relative to the descriptor `dir` or AT_FDCWD; an empty one is what
 * the descriptor itself is. False when it cannot be told.
 */
bool trace_files_path(
	const struct trace_call *c, int dir, const char *path, char to[static PATH_MAX]);
/* The same without ".", ".." and double slashes, for comparing. Links are not followed. */
bool trace_files_place(
	const struct trace_call *c, int dir, const char *path, char to[static PATH_MAX]);

/* What a path of a call is, for the tracer: it may be opened with O_PATH only. */
struct trace_sight {
	char text[PATH_MAX]; /* for hashing: as trace_files_place gives it */
	char open[PATH_MAX]; /* what the tracer opens to find the same file */
	bool follow;         /* a link at its end */
};

/* The number of a file that was just seen. */
uint64_t trace_files_number(
	const struct trace_call *c, struct trace_inode inode, const struct trace_sight *s);

#endif
