/*
 * What bytes are, by their magic alone: which reader to try. A reader may still refuse them.
 */
#ifndef ASSAY_DIFF_FORMAT_H
#define ASSAY_DIFF_FORMAT_H

#include "diff/diff_bytes.h"

enum diff_format {
	DIFF_FORMAT_NONE,
	DIFF_FORMAT_GPT, /* or an MBR: gpt_read.h */
	DIFF_FORMAT_EROFS,
	DIFF_FORMAT_FAT,
	DIFF_FORMAT_CPIO,
	DIFF_FORMAT_TAR,
	DIFF_FORMAT_AR,   /* deb_read.h */
	DIFF_FORMAT_GZIP, /* these three: diff_inflate.h */
	DIFF_FORMAT_XZ,
	DIFF_FORMAT_ZSTD,
	DIFF_FORMAT_ELF,
	DIFF_FORMAT_PE,
	/* Known by name and not looked into. */
	DIFF_FORMAT_VERITY,
	DIFF_FORMAT_EXT4,
	DIFF_FORMAT_SQUASHFS,
	DIFF_FORMAT_ISO9660,
	DIFF_FORMAT_QCOW2,
	DIFF_FORMAT_BZIP2,
	DIFF_FORMAT_LZ4,
	DIFF_FORMAT_ZIP,
};

enum diff_format diff_format_of(const struct diff_bytes *b);
const char *diff_format_name(enum diff_format f); /* "EROFS", "cpio", ...; "bytes" for NONE */
/* That there is a reader or a decompressor for it here. */
bool diff_format_is_read(enum diff_format f);

#endif
