#include "diff/fat_read.h"

#include "members.h"
#include "volumes_made.h"

bool fuzz_sample(size_t i, struct buf *b)
{
	if (i > 1)
		return false;
	volumes_made_fat(b, i == 1);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(fat_read, data, size);
}
