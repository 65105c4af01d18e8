#include "diff/tar_read.h"

#include "../make_deb.h"
#include "members.h"

bool fuzz_sample(size_t i, struct buf *b)
{
	static const struct tar_line lines[] = { { "./", '5', 0755, NULL, NULL },
		{ "./a", '0', 0644, "some text", NULL }, { "./l", '2', 0777, NULL, "a" },
		{ "./h", '1', 0644, NULL, "./a" }, { "./null", '3', 0666, NULL, NULL } };

	if (i)
		return false;
	make_tar_pax(b, "SCHILY.xattr.user.x", "1");
	for (size_t k = 0; k < ARRAY_LEN(lines); k++)
		make_tar_line(b, &lines[k]);
	buf_fill(b, 0, 1024);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(tar_read, data, size);
}
