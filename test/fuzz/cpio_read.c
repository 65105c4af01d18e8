#include "diff/cpio_read.h"

#include "members.h"
#include "volumes_made.h"

/* One archive; two of them with something else behind. */
bool fuzz_sample(size_t i, struct buf *b)
{
	if (i > 1)
		return false;
	volumes_made_cpio(b, ".", 040755, "");
	volumes_made_cpio(b, "a", 0100644, "body");
	if (i) {
		volumes_made_cpio(b, "TRAILER!!!", 0, "");
		buf_align(b, 512);
	}
	volumes_made_cpio(b, "./l", 0120777, "a");
	volumes_made_cpio(b, "null", 020666, "");
	volumes_made_cpio(b, "TRAILER!!!", 0, "");
	buf_align(b, 512);
	if (i)
		buf_add_cstr(b, "\x28\xb5\x2f\xfd");
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(cpio_read, data, size);
}
