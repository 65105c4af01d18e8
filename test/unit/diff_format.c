#include "diff/diff_format.h"

#include "base/buf.h"
#include "test.h"

static const struct {
	size_t at;
	const char *bytes;
	size_t n;
	enum diff_format want;
} cases[] = {
	{ 0, "", 0, DIFF_FORMAT_NONE },
	{ 512, "EFI PART", 8, DIFF_FORMAT_GPT },
	{ 4096, "EFI PART", 8, DIFF_FORMAT_GPT },
	{ 512, "EFI PARK", 8, DIFF_FORMAT_NONE },
	{ 1024, "\xe2\xe1\xf5\xe0", 4, DIFF_FORMAT_EROFS },
	{ 0, "070701", 6, DIFF_FORMAT_CPIO },
	{ 0, "070707", 6, DIFF_FORMAT_NONE },
	{ 257, "ustar", 5, DIFF_FORMAT_TAR },
	{ 0, "!<arch>\n", 8, DIFF_FORMAT_AR },
	{ 0, "\x1f\x8b\x08", 3, DIFF_FORMAT_GZIP },
	{ 0, "\xfd\x37zXZ", 6, DIFF_FORMAT_XZ },
	{ 0, "\x28\xb5\x2f\xfd", 4, DIFF_FORMAT_ZSTD },
	{ 1080, "\x53\xef", 2, DIFF_FORMAT_EXT4 },
	{ 0, "hsqs", 4, DIFF_FORMAT_SQUASHFS },
	{ 0, "MZ", 2, DIFF_FORMAT_NONE },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(8192);
		struct diff_bytes src;

		buf_fill(&b, 0, cases[i].n ? 8192 : 0);
		if (cases[i].n)
			memcpy(b.p + cases[i].at, cases[i].bytes, cases[i].n);
		src = diff_bytes_of(buf_span(&b));
		test_report(
			diff_format_of(&src) == cases[i].want, __FILE__, __LINE__, cases[i].bytes);
		CHECK(diff_format_name(cases[i].want) != NULL);
	}
	CHECK(diff_format_is_read(DIFF_FORMAT_PE) && !diff_format_is_read(DIFF_FORMAT_VERITY));
	CHECK(!diff_format_is_read(DIFF_FORMAT_NONE));
	return test_end();
}
