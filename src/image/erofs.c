#include "image/erofs.h"

#include <string.h>

#include "base/buf.h"
#include "codec/crc.h"
#include "image/erofs_dir.h"
#include "image/erofs_layout.h"
#include "image/erofs_xattr.h"
#include "image/mode.h"
#include "image/stream.h"
#include "base/banned.h"

enum {
	SUPER_AT = 1024,
	SUPER_MAGIC = (int)0xe0f5e1e2,
	BLOCK_BITS = 12,
	COMPAT_SB_CHKSUM = 1,
	COMPAT_MTIME = 2,
	FORMAT_EXTENDED = 1, /* i_format bit 0; the data layout begins at bit 1 */
	FORMAT_FLAT_PLAIN = 0 << 1,
	FORMAT_FLAT_INLINE = 2 << 1,
};

/*
 * struct erofs_super_block at 1024:
 *   0 u32 magic             4 u32 checksum        8 u32 feature_compat   12 u8 blkszbits   13 u8 extension slots
 *  14 u16 root nid         16 u64 inodes         24 u64 build time       32 u32 its nanoseconds
 *  36 u32 blocks           40 u32 meta block     44 u32 xattr block      48 uuid[16]       64 volume name[16]
 *  80 u32 feature_incompat 84 .. 127 zero
 * The checksum covers the block from the superblock on, itself as zero.
 */
static void write_super(struct stream *s, const struct erofs *p)
{
	uint8_t block[EROFS_BLOCK] = { 0 }, *sb = block + SUPER_AT;

	put_u32le(sb, (uint32_t)SUPER_MAGIC);
	put_u32le(sb + 8, COMPAT_SB_CHKSUM | COMPAT_MTIME);
	sb[12] = BLOCK_BITS;
	put_u16le(sb + 14, EROFS_META_AT / EROFS_SLOT);
	put_u64le(sb + 16, p->n_inodes);
	put_u64le(sb + 24, (uint64_t)p->build_time_unix);
	put_u32le(sb + 36, (uint32_t)p->n_blocks);
	memcpy(sb + 48, p->uuid, UUID_SIZE);
	memcpy(sb + 64, p->volume, sizeof p->volume);
	put_u32le(sb + 4, crc_castagnoli(span_make(sb, EROFS_BLOCK - SUPER_AT)));
	stream_add(s, block, sizeof block);
}

/* i_u: first block, or the device number as new_encode_dev makes it. */
static uint32_t inode_union(const struct erofs_inode *i, const struct node *n)
{
	if (mode_is_device(n->kind))
		return (n->dev_minor & 0xff) | n->dev_major << 8 | (n->dev_minor & ~0xffu) << 12;
	return i->block;
}

/*
 * struct erofs_inode_extended:
 *   0 u16 format   2 u16 xattr count   4 u16 mode   6 u16 0   8 u64 size   16 u32 i_u   20 u32 number
 *  24 u32 uid     28 u32 gid          32 u64 mtime  40 u32 its nanoseconds  44 u32 links  48 .. 63 zero
 */
static void write_inode(struct stream *s, const struct erofs *p, size_t number)
{
	const struct erofs_inode *i = &p->inodes[number];
	const struct node *n = &p->nodes[i->node];
	uint8_t b[EROFS_INODE_SIZE] = { 0 };

	put_u16le(b, FORMAT_EXTENDED | (i->tail ? FORMAT_FLAT_INLINE : FORMAT_FLAT_PLAIN));
	put_u16le(b + 2, erofs_xattr_count(i->xattrs_size));
	put_u16le(b + 4, (uint16_t)mode_of_node(n));
	put_u64le(b + 8, i->size);
	put_u32le(b + 16, inode_union(i, n));
	put_u32le(b + 20, (uint32_t)number + 1);
	put_u32le(b + 24, n->uid);
	put_u32le(b + 28, n->gid);
	put_u64le(b + 32, (uint64_t)n->mtime_unix);
	put_u32le(b + 44, i->n_links);
	stream_zero_to(s, i->at);
	stream_add(s, b, sizeof b);
	erofs_xattr_emit(s, n);
}

/* The folder's blocks from `at` to `end`, both multiples of a block or the end of the last one. */
static void write_folder(
	struct stream *s, const struct erofs *p, uint32_t node, uint64_t at, uint64_t end)
{
	uint8_t block[EROFS_BLOCK];
	struct erofs_dir d;

	erofs_dir_init(&d, p, node);
	for (uint64_t pos = 0; pos < end; pos += EROFS_BLOCK) {
		size_t used = erofs_dir_block(&d, block);

		if (pos >= at)
			stream_add(s, block, end - pos < EROFS_BLOCK ? used : EROFS_BLOCK);
	}
}

/* The bytes of the inode's data from `at` to `end`. */
static void write_data(struct stream *s, const struct erofs *p, const struct erofs_inode *i,
	uint64_t at, uint64_t end)
{
	const struct node *n = &p->nodes[i->node];

	if (n->kind == NODE_FOLDER)
		write_folder(s, p, i->node, at, end);
	else if (n->kind == NODE_LINK)
		stream_add(s, n->target.p + at, end - at);
	else
		stream_content(s, &n->content, at, end - at);
}

/* The blocks of inodes first .. end - 1; the stream begins at block `origin` of the image. */
static void write_blocks(struct stream *s, const struct erofs *p, bool files,
	const struct erofs_part *part, uint64_t origin)
{
	for (size_t k = part->first; k < part->end && !s->failed; k++) {
		const struct erofs_inode *i = &p->inodes[k];

		if (!erofs_layout_is_in_blocks(p, i, files))
			continue;
		stream_zero_to(s, (i->block - origin) * EROFS_BLOCK);
		write_data(s, p, i, 0, i->size - i->tail);
		stream_align(s, EROFS_BLOCK);
	}
}

/* Superblock, inodes with their tails, folders and links. */
static void write_metadata(struct stream *s, const struct erofs *p)
{
	const struct erofs_part all = { .end = p->n_inodes };

	write_super(s, p);
	for (size_t k = 0; k < p->n_inodes && !s->failed; k++) {
		const struct erofs_inode *i = &p->inodes[k];

		write_inode(s, p, k);
		if (i->tail)
			write_data(s, p, i, i->size - i->tail, i->size);
	}
	stream_align(s, EROFS_BLOCK);
	write_blocks(s, p, false, &all, 0);
}

size_t erofs_n_parts(const struct erofs *p)
{
	return p->n_parts;
}

uint64_t erofs_part_at(const struct erofs *p, size_t part)
{
	return (part < p->n_parts ? p->parts[part].block : p->n_blocks) * EROFS_BLOCK;
}

bool erofs_emit_part(const struct erofs *p, size_t part, struct sink *to, struct err *e)
{
	CLEANUP(stream_done) struct stream s;

	stream_init(&s, to, e);
	if (part == 0)
		write_metadata(&s, p);
	else
		write_blocks(&s, p, true, &p->parts[part], p->parts[part].block);
	return stream_end(&s);
}

bool erofs_emit(const struct erofs *p, struct sink *to, struct err *e)
{
	for (size_t i = 0; i < p->n_parts; i++)
		if (!erofs_emit_part(p, i, to, e))
			return false;
	return true;
}
