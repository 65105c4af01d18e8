/*
 * Paths that tell of the machine, by their text: what an open of each means in the box.
 */
#ifndef ASSAY_BOX_TRACE_PATH_H
#define ASSAY_BOX_TRACE_PATH_H

#include "base/str.h"
#include "box/box_view.h"

enum trace_path_kind {
	TRACE_PATH_PLAIN,  /* a file like others */
	TRACE_PATH_RANDOM, /* /dev/random, /dev/urandom */
	TRACE_PATH_UUID,   /* another one each time */
	TRACE_PATH_PROCESS, /* of a process, but the same for all: `name` stands in box_fixed_process */
	TRACE_PATH_OWN, /* of a process, with what the machine decides replaced: trace_proc.h knows `name` */
	TRACE_PATH_ABSENT,  /* the box's first process, which is not there */
	TRACE_PATH_MACHINE, /* tells of the machine and is declared nowhere */
};

struct trace_path {
	enum trace_path_kind kind;
	struct str name; /* borrowed from the path */
};

/* path: absolute and tidy (trace_files_place). What belongs to a released channel is plain. */
struct trace_path trace_path_of(struct str path, const struct box_view *v);

#endif
