/*
 * One pass over a .deb (deb(5)): debian-binary, control.tar, data.tar and nothing else, checked and written as a pack.
 */
#ifndef ASSAY_DEB_UNPACK_H
#define ASSAY_DEB_UNPACK_H

#include "base/digest.h"
#include "base/err.h"

/* More than any package of Debian has, less than what hurts. */
#define UNPACK_FILE_MAX (4ull << 30)   /* bytes of one file */
#define UNPACK_TOTAL_MAX (16ull << 30) /* bytes of all files of a package */
/*
 * A small package cannot claim all of that: its tar archives give at most so many bytes for each of its own, which is
 * about twice what the most compressible package of Debian 13 needs (570). Up to UNPACK_RATIO_FROM nobody asks.
 */
#define UNPACK_RATIO_MAX 1024ull
#define UNPACK_RATIO_FROM (64ull << 20)
enum {
	UNPACK_CONTROL_MAX = 32 << 20,   /* bytes of all members of control.tar */
	UNPACK_METADATA_MAX = 512 << 20, /* memory for names, owners and xattrs of one package */
};

/*
 * Reads size bytes of deb_fd and writes a pack to out_fd (an empty file). FORMAT with the member named for anything
 * hostile or malformed, MISMATCH when the bytes do not have the digest, LIMIT with the member named, IO.
 */
bool unpack_deb(int deb_fd, uint64_t size, const uint8_t sha256[static SHA256_SIZE], int out_fd,
	struct err *e) MUST_CHECK;

#endif
