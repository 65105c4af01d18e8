/*
 * Folders of EROFS. A block holds 12-byte entries {u64 nid, u16 offset of the name, u8 kind, u8 0}, then the
 * names without terminators. Entries, "." and ".." among them, are sorted bytewise over all blocks, since the
 * kernel looks names up by bisection. A block that is not the last is zero padded; the folder's size ends
 * with the last name.
 */
#ifndef ASSAY_IMAGE_EROFS_DIR_H
#define ASSAY_IMAGE_EROFS_DIR_H

#include "image/erofs_layout.h"

/* A position between the entries of a folder; zeroed but for these three it stands before the first. */
struct erofs_dir {
	const struct erofs *p;
	uint32_t folder; /* node */
	uint32_t child;  /* next node; 0: none left */
	unsigned dots;   /* how many of "." and ".." have gone */
};

void erofs_dir_init(struct erofs_dir *d, const struct erofs *p, uint32_t folder);
/* The folder's size in bytes. */
uint64_t erofs_dir_size(const struct erofs *p, uint32_t folder);
/* Fills the next block; returns the bytes used in it, 0 when no entry is left. */
size_t erofs_dir_block(struct erofs_dir *d, uint8_t block[static EROFS_BLOCK]);

#endif
