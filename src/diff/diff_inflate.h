/*
 * The plain bytes of a compressed stream: gzip, xz, zstd (by libarchive), told by magic. Members behind each other count
 * as one stream; zeros behind the last are passed over. Small results stand in memory, larger ones in a file without a
 * name that is mapped; a decoder's own memory is bounded whatever the headers ask for.
 */
#ifndef ASSAY_DIFF_INFLATE_H
#define ASSAY_DIFF_INFLATE_H

#include "diff/diff_bytes.h"

enum {
	DIFF_INFLATE_MEMORY = 32 << 20, /* a larger result goes to a file */
};
#define DIFF_INFLATE_MAX (UINT64_C(16) << 30)

/*
 * spill: a folder for the file ("/var/tmp"). Fails LIMIT beyond max bytes, FORMAT for damaged streams, IO. The caller
 * ends with diff_bytes_done.
 */
bool diff_inflate(struct diff_bytes *ret, const struct diff_bytes *src, const char *spill,
	uint64_t max, struct err *e) MUST_CHECK;

#endif
