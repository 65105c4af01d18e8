/*
 * What the box sees: the root that box.h describes, put together from mounts and entered by pivot_root.
 */
#ifndef ASSAY_BOX_BOX_MOUNTS_H
#define ASSAY_BOX_BOX_MOUNTS_H

#include "box/box.h"
#include "box/box_fixed.h"

/*
 * Makes the root of the job and enters it; nothing of the machine's file systems can be reached afterwards. To be
 * called by the first process of the new pid namespace, with all rights in the new user namespace. Fails: IO with the
 * path that could not be mounted, NOTFOUND for a folder of the job that is not there. With whole_root *out is a
 * descriptor of job->out, for box_root_save, and the caller's to close; it must reach no command.
 */
bool box_mounts_enter(
	const struct box_job *job, struct box_fixed *fixed, int *out, struct err *e) MUST_CHECK;

#endif
