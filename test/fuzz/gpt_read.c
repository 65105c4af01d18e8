#include "diff/gpt_read.h"

#include "image/gpt.h"
#include "members.h"
#include "volumes_made.h"

enum { SECTORS = 20 };

/* The start of a disk with a GPT, whose partition is not there; an MBR with a logical partition. */
bool fuzz_sample(size_t i, struct buf *b)
{
	const struct gpt_partition root = {
		.type = gpt_type_root_x86_64, .at = 1 << 20, .size = 1 << 20, .name = "root"
	};
	struct gpt g = { .disk_size = 4 << 20, .partitions = &root, .n = 1 };
	CLEANUP(buf_done) struct buf backup = buf_init(GPT_BACKUP_SIZE);
	struct err e = { 0 };

	if (i > 1)
		return false;
	if (i == 0)
		return gpt_emit(&g, b, &backup, &e);
	buf_fill(b, 0, 512 * SECTORS);
	volumes_made_partition(b, 0, 0, 0x83, 1, 3);
	volumes_made_partition(b, 0, 1, 0x05, 4, 16);
	volumes_made_partition(b, 4, 0, 0x83, 5, 3);
	volumes_made_partition(b, 4, 1, 0x05, 2, 10);
	volumes_made_partition(b, 6, 0, 0x82, 1, 9);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(gpt_read, data, size);
}
