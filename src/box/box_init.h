/*
 * The first process of the box: makes the root, gives up all rights, runs the commands and ends with all that they left.
 */
#ifndef ASSAY_BOX_BOX_INIT_H
#define ASSAY_BOX_BOX_INIT_H

#include <stdnoreturn.h>

#include "box/box.h"

/* Shared with the caller of box_run: what became of the box. */
struct box_report {
	bool finished; /* result holds, also without all commands done */
	bool failed;   /* err holds */
	struct err err;
	struct box_result result;
};

/*
 * The job's view has every default filled in. To be called in the first process of the new pid namespace; it holds only the descriptors log_fd and alive_fd, a pipe
 * whose other end closes when its parent dies.
 */
noreturn void box_init_run(
	const struct box_job *job, struct box_report *report, int log_fd, int alive_fd);

#endif
