/*
 * What a pack says about its contents: the index that stands behind them, and the trailer that ends the file. Numbers
 * are little-endian; a string is a u16 length and its bytes, a blob a u32 length and its bytes.
 *
 *   trailer  8 "assaypk" 2, 8 offset of the index, 8 its size, 32 its SHA-256
 *   index    32 SHA-256 of the .deb
 *            u32 n, n x {string name, blob bytes}                      members of control.tar
 *            u32 n, n x {u8 kind, u16 mode, u32 uid, u32 gid, i64 mtime, u32 inode, string path,
 *                        FILE: u64 at, u64 size, 32 SHA-256; LINK: string target; devices: u32 major, u32 minor,
 *                        u8 n, n x {string name, u32-counted value}}   nodes
 *            u32 n, n x {u64 at, u32 sum}                              CRC-32C of contents, by offset
 */
#ifndef ASSAY_DEB_PACK_INDEX_H
#define ASSAY_DEB_PACK_INDEX_H

#include "base/buf.h"
#include "base/rd.h"
#include "deb/pack_write.h"
#include "tree/tree.h"

enum {
	PACK_VERSION =
		2, /* of these layouts and of what unpacking means; part of the file's name */
	PACK_TRAILER_SIZE = 56,
	PACK_INDEX_MAX = 512 << 20,
	PACK_CONTROL_MEMBERS_MAX = 256,
};

struct pack_member {
	struct str name;
	struct span bytes;
};

struct pack_index {
	uint8_t deb_sha256[SHA256_SIZE];
	struct pack_member *control;
	size_t n_control;
	struct node *nodes;
	size_t n_nodes;
	struct pack_content_sum *sums; /* by offset; every content that is not empty has one */
	size_t n_sums;
};

/* The parts of an index in order; nodes one by one. */
void pack_index_emit_control(struct buf *out, const uint8_t deb_sha256[static SHA256_SIZE],
	const struct pack_member *control, size_t n);
void pack_index_emit_nodes(struct buf *out, struct node *const *nodes, size_t n);
void pack_index_emit_sums(struct buf *out, const struct pack_content_sum *sums, size_t n);
void pack_index_emit_trailer(uint8_t out[static PACK_TRAILER_SIZE], uint64_t at, struct span index);

/*
 * Place and digest of the index in a file of `size` bytes, from its last PACK_TRAILER_SIZE bytes. FORMAT when they are
 * not a trailer of such a file.
 */
bool pack_index_parse_trailer(const uint8_t trailer[static PACK_TRAILER_SIZE], uint64_t size,
	uint64_t *at, size_t *n, uint8_t sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;
/* The sum of the content that begins at `at`, or NULL. */
const uint32_t *pack_index_sum(const struct pack_index *i, uint64_t at);
/*
 * Borrows text; the arrays are owned by *ret (pack_index_done). contents_size: where the contents end; every file
 * must lie before. FILE nodes have no source yet.
 */
bool pack_index_parse(
	struct pack_index *ret, struct span text, uint64_t contents_size, struct err *e) MUST_CHECK;
void pack_index_done(struct pack_index *i);

#endif
