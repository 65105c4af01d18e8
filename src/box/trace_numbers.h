/*
 * Inode numbers as a step sees them. A file's number follows from the path at which it was first seen, so that it does
 * not depend on the file system, nor on which of two processes looked first. Two files that exist never share one: who
 * comes to a taken number gets the next that its path gives. All files are on one device.
 */
#ifndef ASSAY_BOX_TRACE_NUMBERS_H
#define ASSAY_BOX_TRACE_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
	TRACE_NUMBERS_MAX =
		1
		<< 21, /* files that are remembered; further ones show their own numbers, hashed */
	TRACE_NUMBER_BITS =
		31, /* numbers lie in [base, base + 2^31), so that old archive formats hold them */
	TRACE_DEVICE = 1, /* 0:1 */
};

struct trace_numbers;

/* A file as the kernel knows it. */
struct trace_inode {
	uint64_t dev, ino;
};

struct trace_numbers *trace_numbers_new(uint64_t base);
void trace_numbers_free(struct trace_numbers *n); /* the box itself ends with its process */

/* Of a text, for the two below. */
uint64_t trace_numbers_hash(struct str path);
/*
 * The number of a file that was seen under this name before. False: not known, or under another name (a hard link, a
 * file that was moved, or another file with the number of one that is gone), and trace_numbers_see must tell.
 */
bool trace_numbers_known(
	const struct trace_numbers *n, struct trace_inode inode, uint64_t name, uint64_t *number);
/*
 * The number, given now unless the file is known with this time of birth (0: not told). path: the file's own; name: the
 * hash of how it was asked for.
 */
uint64_t trace_numbers_see(struct trace_numbers *n, struct trace_inode inode, uint64_t name,
	struct str path, int64_t born);

#endif
