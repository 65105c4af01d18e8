#include "diff/erofs_read.h"

#include "image/erofs.h"
#include "image/stream.h"
#include "image_trees.h"
#include "members.h"

enum { BLOCK = 512, ROOT_NID = 0, FILE_NID = 8, LINK_NID = 12, INODES_AT = 1536 };

/* Ours: extended inodes, xattrs, devices, links. */
static bool ours(struct buf *b)
{
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct erofs_options o = { .volume = "fuzz" };
	struct stream_buf to;
	struct err e = { 0 };

	stream_buf_init(&to, b, "image");
	return image_trees_small(&t, &e) && erofs_plan(&p, t, &o, &e) &&
	       erofs_emit(p, &to.sink, &e);
}

static void put_compact(struct buf *b, unsigned nid, uint16_t format, uint16_t xattrs,
	uint16_t mode, uint32_t size, uint32_t u)
{
	uint8_t *p = b->p + INODES_AT + 32 * nid;

	put_u16le(p, format);
	put_u16le(p + 2, xattrs);
	put_u16le(p + 4, mode);
	put_u16le(p + 6, 1);
	put_u32le(p + 8, size);
	put_u32le(p + 16, u);
}

/*
 * By hand: blocks of 512 bytes, compact inodes, a file in chunks of a block with a hole, a shared xattr, an inline link.
 * Blocks 0 and 1 nothing, 2 superblock, 3 inodes, 4 xattrs, 5 and 6 data.
 */
static void theirs(struct buf *b)
{
	static const char names[] = "...filelink";
	static const uint8_t at[] = { 0, 1, 3, 7 };
	static const uint8_t nids[] = { ROOT_NID, ROOT_NID, FILE_NID, LINK_NID };
	uint8_t *p;

	buf_fill(b, 0, 7 * BLOCK);
	p = b->p + 1024;
	put_u32le(p, 0xe0f5e1e2);
	p[12] = 9;
	put_u32le(p + 36, 7);
	put_u32le(p + 40, INODES_AT / BLOCK);
	put_u32le(p + 44, 4);
	put_u32le(p + 80, 4);
	put_compact(b, ROOT_NID, 2 << 1, 0, 040755, 48 + sizeof names - 1, 0);
	p = b->p + INODES_AT + 32;
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		put_u32le(p + 12 * i, nids[i]);
		put_u16le(p + 12 * i + 8, 48 + at[i]);
	}
	memcpy(p + 48, names, sizeof names - 1);
	/* Header with one shared xattr, then three block numbers. */
	put_compact(b, FILE_NID, 4 << 1, 2, 0100644, 3 * BLOCK - 10, 0);
	p = b->p + INODES_AT + 32 * FILE_NID + 32;
	p[4] = 1;
	put_u32le(p + 12, 1);
	put_u32le(p + 16, 5);
	put_u32le(p + 20, UINT32_MAX);
	put_u32le(p + 24, 6);
	memcpy(b->p + 4 * BLOCK + 4, "\1\1\3\0xvvv", 8);
	put_compact(b, LINK_NID, 2 << 1, 0, 0120777, 4, 0);
	memcpy(b->p + INODES_AT + 32 * LINK_NID + 32, "file", 4);
}

bool fuzz_sample(size_t i, struct buf *b)
{
	if (i == 0)
		theirs(b);
	return i == 0 || (i == 1 && ours(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(erofs_read, data, size);
}
