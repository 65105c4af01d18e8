/*
 * Inside of image/erofs: the laid-out file system as erofs_layout.c makes it and erofs.c writes it. An
 * inode's number (nid) is its byte offset divided by 32, since the metadata area begins with block 0.
 */
#ifndef ASSAY_IMAGE_EROFS_LAYOUT_H
#define ASSAY_IMAGE_EROFS_LAYOUT_H

#include "image/erofs.h"

enum {
	EROFS_SLOT = 32,
	EROFS_INODE_SIZE = 64,
	EROFS_META_AT = EROFS_BLOCK,
	/*
	 * A tail up to this lies behind its inode, a longer one in a block of its own. Measured on 11140 nodes of a
	 * Debian system (221 MB of content): 226.8 MB with half a block, against 226.1 MB at best and 250.2 MB
	 * without tails, and the inodes stay close together.
	 */
	EROFS_TAIL_MAX = EROFS_BLOCK / 2,
	EROFS_PART_BLOCKS = 1024, /* a part of files is closed when it has so many: 4 MiB */
};

struct erofs_inode {
	uint32_t node; /* position of its first name in the tree */
	uint32_t n_links;
	uint64_t at;          /* in the image, a multiple of EROFS_SLOT */
	uint64_t size;        /* of its data, in bytes */
	uint32_t xattrs_size; /* with their header; 0: none */
	uint32_t tail;        /* last bytes of the data, behind the xattrs; 0: FLAT_PLAIN */
	uint32_t block;       /* first of the blocks for the rest */
};

/* Part 0 is everything before the blocks of files; each other one is the blocks of inodes first .. end - 1. */
struct erofs_part {
	size_t first, end;
	uint64_t block; /* where it begins */
};

struct erofs {
	const struct node *nodes;
	size_t n_nodes;
	struct erofs_inode *inodes; /* in the order of their first names */
	size_t n_inodes;
	uint32_t *inode_of; /* by node: position in inodes */
	/* By node: folders are walked through these. 0 ends: the root is nobody's child. */
	uint32_t *parent, *first_child, *next_sibling;
	uint64_t n_blocks;
	struct erofs_part *parts;
	size_t n_parts;
	uint8_t uuid[UUID_SIZE];
	int64_t build_time_unix;
	char volume[EROFS_VOLUME_MAX + 1];
};

static inline uint64_t erofs_layout_blocks(const struct erofs_inode *i)
{
	return (i->size - i->tail + EROFS_BLOCK - 1) / EROFS_BLOCK;
}

/* Whether the inode has blocks of its own, among those of files or among those of folders and links. */
static inline bool erofs_layout_is_in_blocks(
	const struct erofs *p, const struct erofs_inode *i, bool files)
{
	return (p->nodes[i->node].kind == NODE_FILE) == files && erofs_layout_blocks(i);
}

#endif
