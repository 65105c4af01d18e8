/*
 * EROFS, uncompressed, written from a tree (Linux: Documentation/filesystems/erofs.rst, fs/erofs/erofs_fs.h).
 *
 * What is used, and nothing else: 4096-byte blocks, extended inodes (64 bytes, own mtime, 32-bit ids),
 * FLAT_PLAIN and FLAT_INLINE data, inline xattrs. Feature bits: compat SB_CHKSUM and MTIME, no incompat;
 * Linux 5.4 can mount it.
 *
 *   block 0        1024 zero bytes, superblock, zeroes
 *   blocks 1..     inodes in the order of the tree (the root first), each with its xattrs and inline tail
 *   then           blocks of folders and of links that are not inline, in the order of the tree
 *   then           blocks of files, in the order of the tree
 *
 * The bytes are a function of the tree's canonical listing and the options alone.
 */
#ifndef ASSAY_IMAGE_EROFS_H
#define ASSAY_IMAGE_EROFS_H

#include "base/err.h"
#include "image/identifier.h"
#include "tree/tree.h"

enum { EROFS_BLOCK = 4096, EROFS_VOLUME_MAX = 15 };

struct erofs_options {
	uint8_t uuid[UUID_SIZE];
	int64_t build_time_unix;
	const char *volume; /* at most EROFS_VOLUME_MAX bytes; NULL: none */
};

struct erofs;

/*
 * Lays out a finished tree, which is borrowed and must not change while *ret lives. Reads no content. Fails:
 * LIMIT for more than 2^32 - 1 blocks, device numbers beyond 12:20 bits, xattrs of one inode beyond 256 KiB,
 * links beyond 4095 bytes; FORMAT for an xattr whose prefix EROFS does not know and for an empty link.
 */
bool erofs_plan(struct erofs **ret, const struct tree *t, const struct erofs_options *o,
	struct err *e) MUST_CHECK;
void erofs_free(struct erofs *p);
void erofs_freep(struct erofs **p); /* for CLEANUP */

/* Size of the image in bytes, a multiple of EROFS_BLOCK, at least two blocks. */
uint64_t erofs_size(const struct erofs *p);

/*
 * Writes exactly erofs_size bytes. Every byte of content is read once. Fails as the sink and the contents do.
 */
bool erofs_emit(const struct erofs *p, struct sink *to, struct err *e) MUST_CHECK;

/*
 * The same bytes in parts, in any order and by several threads: part i of 0 .. erofs_n_parts - 1 begins at
 * erofs_part_at(i), a multiple of EROFS_BLOCK, and ends where the next one begins (the last one at erofs_size).
 */
size_t erofs_n_parts(const struct erofs *p);
uint64_t erofs_part_at(const struct erofs *p, size_t part); /* part <= erofs_n_parts */
bool erofs_emit_part(const struct erofs *p, size_t part, struct sink *to, struct err *e) MUST_CHECK;

#endif
