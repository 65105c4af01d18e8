/*
 * Inside of diff/erofs_read: superblock and inodes of an EROFS image that we did not write, with the places of their data.
 */
#ifndef ASSAY_DIFF_EROFS_INODE_H
#define ASSAY_DIFF_EROFS_INODE_H

#include "diff/diff_list.h"

enum {
	EROFS_INODE_SLOT = 32,
	EROFS_INODE_SUPER_AT = 1024,
	EROFS_INODE_UUID_SIZE = 16,
	EROFS_INODE_VOLUME_SIZE = 16,
};

struct erofs_inode_super {
	unsigned block_bits;
	uint32_t compat, incompat, checksum;
	uint64_t root_nid, n_inodes;
	int64_t build_time_unix;
	uint32_t build_time_nanoseconds;
	uint32_t n_blocks, meta_block, xattr_block;
	struct span uuid, volume; /* borrowed from the image */
};

enum erofs_inode_layout {
	EROFS_INODE_PLAIN,
	EROFS_INODE_COMPRESSED_FULL,
	EROFS_INODE_INLINE,
	EROFS_INODE_COMPRESSED_COMPACT,
	EROFS_INODE_CHUNKS,
};

struct erofs_inode_read {
	uint64_t at;       /* in the image */
	unsigned own_size; /* 32 or 64 */
	enum erofs_inode_layout layout;
	uint32_t xattrs_size; /* behind it */
	uint32_t mode, uid, gid, n_links;
	uint64_t size;
	uint32_t u; /* first block, device number, or form of the chunks */
	int64_t mtime_unix;
	uint32_t mtime_nanoseconds;
};

/* FORMAT for what is no EROFS image, and for features that are not known here, by their bits. */
bool erofs_inode_super(
	struct erofs_inode_super *ret, const struct diff_bytes *src, struct err *e) MUST_CHECK;
bool erofs_inode_read(struct erofs_inode_read *ret, const struct diff_bytes *src,
	const struct erofs_inode_super *super, uint64_t nid, struct err *e) MUST_CHECK;
/*
 * Gives the inode's data to l piece by piece; *not_read is set instead when it is there and not given (compressed, on
 * another device).
 */
bool erofs_inode_data(struct diff_list *l, struct str *not_read,
	const struct erofs_inode_super *super, const struct erofs_inode_read *i,
	struct err *e) MUST_CHECK;
/* The inode's xattrs, in the arena of l, sorted by name. */
bool erofs_inode_xattrs(struct diff_list *l, struct diff_member *m,
	const struct erofs_inode_super *super, const struct erofs_inode_read *i,
	struct err *e) MUST_CHECK;

#endif
