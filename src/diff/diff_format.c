#include "diff/diff_format.h"

#include "diff/mbr_read.h"
#include "base/banned.h"

static const struct {
	enum diff_format format;
	size_t at;
	struct str magic;
} magics[] = {
	{ DIFF_FORMAT_GPT, 512, { "EFI PART", 8 } },
	{ DIFF_FORMAT_GPT, 4096, { "EFI PART", 8 } },
	{ DIFF_FORMAT_EROFS, 1024, { "\xe2\xe1\xf5\xe0", 4 } },
	{ DIFF_FORMAT_CPIO, 0, { "070701", 6 } },
	{ DIFF_FORMAT_CPIO, 0, { "070702", 6 } },
	{ DIFF_FORMAT_AR, 0, { "!<arch>\n", 8 } },
	{ DIFF_FORMAT_GZIP, 0, { "\x1f\x8b\x08", 3 } },
	{ DIFF_FORMAT_XZ, 0, { "\xfd\x37zXZ\0", 6 } },
	{ DIFF_FORMAT_ZSTD, 0, { "\x28\xb5\x2f\xfd", 4 } },
	{ DIFF_FORMAT_ELF, 0,
		{ "\x7f"
		  "ELF",
			4 } },
	{ DIFF_FORMAT_TAR, 257, { "ustar", 5 } },
	{ DIFF_FORMAT_VERITY, 0, { "verity\0\0", 8 } },
	{ DIFF_FORMAT_EXT4, 1080, { "\x53\xef", 2 } },
	{ DIFF_FORMAT_SQUASHFS, 0, { "hsqs", 4 } },
	{ DIFF_FORMAT_ISO9660, 32769, { "CD001", 5 } },
	{ DIFF_FORMAT_QCOW2, 0, { "QFI\xfb", 4 } },
	{ DIFF_FORMAT_BZIP2, 0, { "BZh", 3 } },
	{ DIFF_FORMAT_LZ4, 0, { "\x02\x21\x4c\x18", 4 } },
	{ DIFF_FORMAT_LZ4, 0, { "\x04\x22\x4d\x18", 4 } },
	{ DIFF_FORMAT_ZIP, 0, { "PK\3\4", 4 } },
};

/* A jump, and "FAT" where the boot sector of each kind names itself. */
static bool is_fat(const struct diff_bytes *b)
{
	struct span jump = diff_bytes_at(b, 0, 1), small = diff_bytes_at(b, 54, 3),
		    large = diff_bytes_at(b, 82, 3), fat = span_make("FAT", 3);

	return jump.n && (jump.p[0] == 0xeb || jump.p[0] == 0xe9) &&
	       (span_equal(small, fat) || span_equal(large, fat));
}

/* "MZ", and at the offset that stands at 60 "PE" with two zeros. */
static bool is_pe(const struct diff_bytes *b)
{
	struct span start = diff_bytes_at(b, 0, 64), at = diff_bytes_at(b, 60, 4);

	return at.n && span_equal(span_make(start.p, 2), span_make("MZ", 2)) &&
	       span_equal(diff_bytes_at(b,
				  at.p[0] | (uint64_t)at.p[1] << 8 | (uint64_t)at.p[2] << 16 |
					  (uint64_t)at.p[3] << 24,
				  4),
		       span_make("PE\0\0", 4));
}

static enum diff_format by_magic(const struct diff_bytes *b, bool read)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (diff_format_is_read(magics[i].format) == read &&
			span_equal(diff_bytes_at(b, magics[i].at, magics[i].magic.n),
				str_span(magics[i].magic)))
			return magics[i].format;
	return DIFF_FORMAT_NONE;
}

/* What is only known by name comes last: some of those magics are short. */
enum diff_format diff_format_of(const struct diff_bytes *b)
{
	enum diff_format f = by_magic(b, true);

	return f                ? f
	       : is_fat(b)      ? DIFF_FORMAT_FAT
	       : is_pe(b)       ? DIFF_FORMAT_PE
	       : mbr_read_is(b) ? DIFF_FORMAT_GPT
				: by_magic(b, false);
}

const char *diff_format_name(enum diff_format f)
{
	static const char *const names[] = {
		[DIFF_FORMAT_NONE] = "bytes",
		[DIFF_FORMAT_GPT] = "partition table",
		[DIFF_FORMAT_EROFS] = "EROFS",
		[DIFF_FORMAT_FAT] = "FAT",
		[DIFF_FORMAT_CPIO] = "cpio",
		[DIFF_FORMAT_TAR] = "tar",
		[DIFF_FORMAT_AR] = "ar",
		[DIFF_FORMAT_GZIP] = "gzip",
		[DIFF_FORMAT_XZ] = "xz",
		[DIFF_FORMAT_ZSTD] = "zstd",
		[DIFF_FORMAT_ELF] = "ELF",
		[DIFF_FORMAT_PE] = "PE",
		[DIFF_FORMAT_VERITY] = "dm-verity",
		[DIFF_FORMAT_EXT4] = "ext4",
		[DIFF_FORMAT_SQUASHFS] = "squashfs",
		[DIFF_FORMAT_ISO9660] = "ISO 9660",
		[DIFF_FORMAT_QCOW2] = "qcow2",
		[DIFF_FORMAT_BZIP2] = "bzip2",
		[DIFF_FORMAT_LZ4] = "LZ4",
		[DIFF_FORMAT_ZIP] = "zip",
	};

	return names[f];
}

bool diff_format_is_read(enum diff_format f)
{
	return f != DIFF_FORMAT_NONE && f < DIFF_FORMAT_VERITY;
}
