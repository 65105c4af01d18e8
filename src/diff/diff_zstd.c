#include "diff/diff_zstd.h"

#include "base/rd.h"
#include "base/banned.h"

enum {
	MAGIC = (int)0xfd2fb528,
	MAGIC_SKIPPABLE = 0x184d2a50, /* and the 15 behind it */
	HAS_CHECKSUM = 0x04,
	SINGLE_SEGMENT = 0x20,
	BLOCK_RLE = 1,
};

/* Blocks: 3 bytes, of which bit 0 says the last, bits 1 and 2 the kind, the rest the size. */
static void skip_blocks(struct rd *r)
{
	bool last = false;

	while (!last && rd_ok(r)) {
		uint32_t head = rd_u16le(r);

		head |= (uint32_t)rd_u8(r) << 16;
		last = head & 1;
		rd_skip(r, (head >> 1 & 3) == BLOCK_RLE ? 1 : head >> 3);
	}
}

/*
 * Descriptor (bits 0-1 size of the dictionary's id, 2 checksum, 5 single segment, 6-7 size of the content's size), window,
 * dictionary's id, content's size, blocks, checksum.
 */
static void skip_frame(struct rd *r)
{
	static const uint8_t dictionary[] = { 0, 1, 2, 4 }, content[] = { 0, 2, 4, 8 };
	uint8_t d = rd_u8(r);
	bool single = d & SINGLE_SEGMENT;

	rd_skip(r, !single);
	rd_skip(r, dictionary[d & 3]);
	rd_skip(r, single && !(d >> 6) ? 1 : content[d >> 6]);
	skip_blocks(r);
	rd_skip(r, d & HAS_CHECKSUM ? 4 : 0);
}

uint64_t diff_zstd_end(const struct diff_bytes *src)
{
	struct rd r = rd_of(src->all);
	uint64_t end = 0;

	for (;;) {
		uint32_t magic = rd_u32le(&r);

		if (magic == (uint32_t)MAGIC)
			skip_frame(&r);
		else if ((magic & ~0xfu) == MAGIC_SKIPPABLE)
			rd_skip(&r, rd_u32le(&r));
		else
			return end;
		if (!rd_ok(&r))
			return end;
		end = r.at;
	}
}
