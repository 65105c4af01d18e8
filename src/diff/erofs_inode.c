#include "diff/erofs_inode.h"

#include "base/rd.h"
#include "base/banned.h"

enum {
	SUPER_SIZE = 128,
	SUPER_MAGIC = (int)0xe0f5e1e2,
	BLOCK_BITS_MIN = 9,
	BLOCK_BITS_MAX = 16,
	/*
	 * 0x01 zero padding, 0x02 configurations of compression, 0x04 chunks, 0x08 other devices or a second algorithm,
	 * 0x10 inlined compressed tails, 0x20 fragments and shared extents, 0x40 long prefixes of xattrs: all of them
	 * leave inodes and uncompressed data where they are.
	 */
	INCOMPAT_KNOWN = 0x7f,
	FORMAT_EXTENDED = 1,
	COMPACT_SIZE = 32,
	EXTENDED_SIZE = 64,
	XATTRS_HEADER = 12,
	CHUNK_BITS = 0x1f,
	CHUNK_INDEXES = 0x20,
	NO_BLOCK = -1,
};

/*
 * At 1024: 0 u32 magic, 4 u32 checksum, 8 u32 feature_compat, 12 u8 blkszbits, 13 u8 extension slots, 14 u16 root nid,
 * 16 u64 inodes, 24 u64 build time, 32 u32 its nanoseconds, 36 u32 blocks, 40 u32 meta block, 44 u32 xattr block,
 * 48 uuid[16], 64 volume name[16], 80 u32 feature_incompat, 84 u16, 86 u16 other devices, 88 u16, 90 u8 dirblkbits, ...
 */
bool erofs_inode_super(struct erofs_inode_super *ret, const struct diff_bytes *src, struct err *e)
{
	struct rd r = rd_of(diff_bytes_at(src, EROFS_INODE_SUPER_AT, SUPER_SIZE));
	struct erofs_inode_super s = { 0 };
	unsigned folder_bits;

	if (rd_u32le(&r) != (uint32_t)SUPER_MAGIC)
		return err_set(
			e, ERR_FORMAT, "not an EROFS image: no magic at %d", EROFS_INODE_SUPER_AT);
	s.checksum = rd_u32le(&r);
	s.compat = rd_u32le(&r);
	s.block_bits = rd_u8(&r);
	rd_skip(&r, 1);
	s.root_nid = rd_u16le(&r);
	s.n_inodes = rd_u64le(&r);
	s.build_time_unix = (int64_t)rd_u64le(&r);
	s.build_time_nanoseconds = rd_u32le(&r);
	s.n_blocks = rd_u32le(&r);
	s.meta_block = rd_u32le(&r);
	s.xattr_block = rd_u32le(&r);
	s.uuid = rd_bytes(&r, EROFS_INODE_UUID_SIZE);
	s.volume = rd_bytes(&r, EROFS_INODE_VOLUME_SIZE);
	s.incompat = rd_u32le(&r);
	rd_skip(&r, 6);
	folder_bits = rd_u8(&r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "EROFS superblock", e);
	if (s.block_bits < BLOCK_BITS_MIN || s.block_bits > BLOCK_BITS_MAX)
		return err_set(e, ERR_FORMAT, "EROFS: blocks of 2^%u bytes, wanted 2^%d to 2^%d",
			s.block_bits, BLOCK_BITS_MIN, BLOCK_BITS_MAX);
	if (s.incompat & ~(uint32_t)INCOMPAT_KNOWN || folder_bits)
		return err_set(e, ERR_FORMAT,
			"EROFS: features 0x%x (folders of 2^%u blocks) are not known here",
			s.incompat & ~(uint32_t)INCOMPAT_KNOWN, folder_bits);
	*ret = s;
	return true;
}

/*
 * 0 u16 format, 2 u16 xattr count, 4 u16 mode; then compact: 6 u16 links, 8 u32 size, 12 u32, 16 u32 i_u, 20 u32 number,
 * 24 u16 uid, 26 u16 gid, 28 u32; or extended: 6 u16, 8 u64 size, 16 u32 i_u, 20 u32 number, 24 u32 uid, 28 u32 gid,
 * 32 u64 mtime, 40 u32 its nanoseconds, 44 u32 links, 48 .. 63. A compact inode has the time of the superblock.
 */
static void read_rest(
	struct erofs_inode_read *i, const struct erofs_inode_super *super, struct rd *r)
{
	bool extended = i->own_size == EXTENDED_SIZE;

	i->n_links = rd_u16le(r);
	i->size = extended ? rd_u64le(r) : rd_u32le(r);
	if (!extended)
		rd_skip(r, 4);
	i->u = rd_u32le(r);
	rd_skip(r, 4);
	i->uid = extended ? rd_u32le(r) : rd_u16le(r);
	i->gid = extended ? rd_u32le(r) : rd_u16le(r);
	i->mtime_unix = super->build_time_unix;
	i->mtime_nanoseconds = super->build_time_nanoseconds;
	if (!extended)
		return;
	i->mtime_unix = (int64_t)rd_u64le(r);
	i->mtime_nanoseconds = rd_u32le(r);
	i->n_links = rd_u32le(r);
}

bool erofs_inode_read(struct erofs_inode_read *ret, const struct diff_bytes *src,
	const struct erofs_inode_super *super, uint64_t nid, struct err *e)
{
	struct erofs_inode_read i = { 0 };
	struct rd r;
	uint16_t format, count;

	if (nid > src->all.n / EROFS_INODE_SLOT)
		return err_set(e, ERR_FORMAT, "EROFS: inode %llu lies behind the end",
			(unsigned long long)nid);
	i.at = ((uint64_t)super->meta_block << super->block_bits) + nid * EROFS_INODE_SLOT;
	r = rd_of(diff_bytes_at(src, i.at, COMPACT_SIZE));
	format = rd_u16le(&r);
	i.own_size = format & FORMAT_EXTENDED ? EXTENDED_SIZE : COMPACT_SIZE;
	i.layout = (enum erofs_inode_layout)(format >> 1);
	r = rd_of(diff_bytes_at(src, i.at, i.own_size));
	rd_skip(&r, 2);
	count = rd_u16le(&r);
	i.mode = rd_u16le(&r);
	read_rest(&i, super, &r);
	if (!rd_ok(&r))
		return err_set(e, ERR_FORMAT, "EROFS: inode %llu at %llu lies behind the end",
			(unsigned long long)nid, (unsigned long long)i.at);
	if (i.layout > EROFS_INODE_CHUNKS)
		return err_set(e, ERR_FORMAT, "EROFS: inode %llu has the unknown format 0x%x",
			(unsigned long long)nid, format);
	i.xattrs_size = count ? XATTRS_HEADER + 4u * (count - 1u) : 0;
	*ret = i;
	return true;
}

/* Blocks from i_u on, the last piece (inline: at most a block) behind inode and xattrs. */
static bool flat_data(struct diff_list *l, const struct erofs_inode_super *super,
	const struct erofs_inode_read *i, struct err *e)
{
	uint64_t block = UINT64_C(1) << super->block_bits, tail = 0;

	if (i->size > l->src->all.n)
		return err_set(e, ERR_FORMAT,
			"EROFS: the inode at %llu has %llu bytes, more than the image",
			(unsigned long long)i->at, (unsigned long long)i->size);
	if (i->layout == EROFS_INODE_INLINE && i->size)
		tail = (i->size - 1) % block + 1;
	if (i->size > tail &&
		!diff_list_piece(l, (uint64_t)i->u << super->block_bits, i->size - tail, e))
		return false;
	return !tail || diff_list_piece(l, i->at + i->own_size + i->xattrs_size, tail, e);
}

/*
 * Behind inode and xattrs, aligned to its size, an entry for each chunk: u32 block, or u16 advice, u16 device, u32
 * block. Block -1 is a hole.
 */
static bool chunk_data(struct diff_list *l, struct str *not_read,
	const struct erofs_inode_super *super, const struct erofs_inode_read *i, struct err *e)
{
	unsigned bits = super->block_bits + (i->u & CHUNK_BITS);
	uint64_t entry = i->u & CHUNK_INDEXES ? 8 : 4, chunk = UINT64_C(1) << bits, n, left;
	uint64_t at = (i->at + i->own_size + i->xattrs_size + entry - 1) & ~(entry - 1);
	struct rd r;

	if ((i->u & 0xffff) & ~(uint32_t)(CHUNK_BITS | CHUNK_INDEXES))
		return err_set(e, ERR_FORMAT, "EROFS: the inode at %llu has chunks of form 0x%x",
			(unsigned long long)i->at, i->u & 0xffff);
	if (i->size > INT64_MAX)
		return err_set(e, ERR_FORMAT, "EROFS: the inode at %llu has 2^63 bytes or more",
			(unsigned long long)i->at);
	n = (i->size + chunk - 1) >> bits;
	if (n > l->src->all.n / entry)
		return err_set(e, ERR_FORMAT,
			"EROFS: the inode at %llu has %llu chunks, more than the image can name",
			(unsigned long long)i->at, (unsigned long long)n);
	r = rd_of(diff_bytes_at(l->src, at, n * entry));
	for (left = i->size; left;) {
		uint64_t size = left < chunk ? left : chunk;
		uint32_t device = entry == 8 ? rd_u32le(&r) >> 16 : 0, block = rd_u32le(&r);

		if (!rd_ok(&r))
			return rd_truncated(&r, "EROFS: list of chunks", e);
		if (device) {
			*not_read = STR("on another device");
			return true;
		}
		if (!(block == (uint32_t)NO_BLOCK
				    ? diff_list_hole(l, size, e)
				    : diff_list_piece(
					      l, (uint64_t)block << super->block_bits, size, e)))
			return false;
		left -= size;
	}
	return true;
}

/* The header of a compressed inode says which. */
static struct str algorithm(const struct diff_bytes *src, const struct erofs_inode_read *i)
{
	static const char *const names[] = { "compressed with LZ4", "compressed with LZMA",
		"compressed with DEFLATE", "compressed with zstd" };
	/* u32 fragment or size, u16 advice, u8 algorithms: aligned to 8. */
	uint64_t at = (i->at + i->own_size + i->xattrs_size + 7) & ~UINT64_C(7);
	struct rd r = rd_of(diff_bytes_at(src, at, 8));
	unsigned which;

	rd_skip(&r, 6);
	which = rd_u8(&r) & 15;
	return which < ARRAY_LEN(names) ? str_of(names[which]) : STR("compressed");
}

bool erofs_inode_data(struct diff_list *l, struct str *not_read,
	const struct erofs_inode_super *super, const struct erofs_inode_read *i, struct err *e)
{
	if (i->layout == EROFS_INODE_CHUNKS)
		return chunk_data(l, not_read, super, i, e);
	if (i->layout == EROFS_INODE_PLAIN || i->layout == EROFS_INODE_INLINE)
		return flat_data(l, super, i, e);
	*not_read = algorithm(l->src, i);
	return true;
}
