/*
 * Puts the fixed files of /proc, /sys and the random devices (box_fixed_texts.h) into the root that box_mounts.c makes,
 * and hides what else /proc tells of the machine. Paths are relative to the new root, which is the working folder.
 */
#ifndef ASSAY_BOX_BOX_FIXED_H
#define ASSAY_BOX_BOX_FIXED_H

#include "base/err.h"
#include "box/box_view.h"

/* Where the tracer's files for single openings lie in the box; they are seen there and can be written only by the tracer. */
#define BOX_SERVED "/proc/sys/assay"

/* What the tracer writes to while the box runs; -1: not there. */
struct box_fixed {
	int served; /* folder seen as BOX_SERVED */
	int random; /* file seen as /dev/random and /dev/urandom, empty at first; -1 when the machine's are shown */
};

/* Fills the folder "sys". The machine's own /sys must still be in reach, for what is released. */
bool box_fixed_sys(const struct box_view *v, struct err *e) MUST_CHECK;

/*
 * To be called when "proc" and "dev" with their places for mounts are there. `stage` is an empty folder of the new root;
 * it is one again afterwards. The descriptors of *ret are the caller's.
 */
bool box_fixed_mount(const struct box_view *v, const char *stage, struct box_fixed *ret,
	struct err *e) MUST_CHECK;

#endif
