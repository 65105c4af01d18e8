/*
 * A regular file of the disk, mapped for reading. The bytes are what the file holds while it is mapped; whoever cuts it
 * short meanwhile ends the process, as with any mapped file.
 */
#ifndef ASSAY_DIFF_DIFF_MAP_H
#define ASSAY_DIFF_DIFF_MAP_H

#include "base/err.h"
#include "base/span.h"

struct diff_map {
	struct span bytes;
};

/* name is relative to the descriptor dir; a link is followed only where `follow`. NOTFOUND, IO; FORMAT for what is no file. */
bool diff_map_open(
	struct diff_map *ret, int dir, const char *name, bool follow, struct err *e) MUST_CHECK;
void diff_map_done(struct diff_map *m); /* for CLEANUP */

#endif
