#include "diff/cpio_read.h"

#include "members.h"

static void add(struct buf *b, const char *name, unsigned mode, const char *body)
{
	buf_printf(b, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1u, mode, 0u,
		0u, 1u, 1u, strlen(body), 8u, 1u, 1u, 3u, strlen(name) + 1, 0u);
	buf_add(b, name, strlen(name) + 1);
	buf_align(b, 4);
	buf_add_cstr(b, body);
	buf_align(b, 4);
}

/* One archive; two of them with something else behind. */
bool fuzz_sample(size_t i, struct buf *b)
{
	if (i > 1)
		return false;
	add(b, ".", 040755, "");
	add(b, "a", 0100644, "body");
	if (i) {
		add(b, "TRAILER!!!", 0, "");
		buf_align(b, 512);
	}
	add(b, "./l", 0120777, "a");
	add(b, "null", 020666, "");
	add(b, "TRAILER!!!", 0, "");
	buf_align(b, 512);
	if (i)
		buf_add_cstr(b, "\x28\xb5\x2f\xfd");
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(cpio_read, data, size);
}
