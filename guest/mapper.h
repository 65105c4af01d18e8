/*
 * The dm-verity device over the root, set up through the device-mapper's own ioctls from the table of the command line.
 */
#ifndef ASSAY_GUEST_MAPPER_H
#define ASSAY_GUEST_MAPPER_H

#include "command_line.h"

enum { MAPPER_PATH = 32 };

/*
 * Makes the read-only device; data and hash are "MAJOR:MINOR", ret its path. Its first block is read and verified here,
 * with a message of ours where it is not what was built; from then on a corrupted block makes the kernel panic, so that
 * nothing goes on with part of its root unreadable. Stops the machine on any failure.
 */
void mapper_verity(char ret[static MAPPER_PATH], const struct verity_table *t, const char *data,
	const char *hash);

#endif
