/*
 * A tar archive of sources, plain or compressed (gzip, bzip2, xz, zstd), as a folder. What an archive may say is little: names
 * below the folder, files, folders, symbolic links, hard links (which become files of their own). Of modes only the
 * owner's x bit counts; times are clamped; owners and extended attributes are left out. Links are made when all files are
 * there, so that nothing is written through them.
 */
#ifndef ASSAY_BUILD_SOURCE_UNPACK_H
#define ASSAY_BUILD_SOURCE_UNPACK_H

#include "store/store.h"
#include "tree/tree.h"

#define SOURCE_UNPACK_TOTAL_MAX (16ull << 30) /* bytes of all files */
/* So many bytes for each of the archive's own, beyond the first SOURCE_UNPACK_RATIO_FROM. */
#define SOURCE_UNPACK_RATIO_MAX 1024ull
#define SOURCE_UNPACK_RATIO_FROM (256ull << 20)
enum {
	SOURCE_UNPACK_DEPTH_MAX = 64,
	SOURCE_UNPACK_ENTRIES_MAX = 1000000,
	SOURCE_UNPACK_METADATA_MAX = 512 << 20,
};

/*
 * Unpacks the size bytes of fd into the empty folder dir, which nobody else writes to; their digest is in sha256 then. list may
 * be NULL; else it is an empty tree and takes a list of all that is there, finished, without times, its contents read
 * from dir.
 * Files are 0644 or 0755, with their time, but at most clamp_unix, and that where they have none. Folders are settled by
 * source_unpack_settle. FORMAT and LIMIT with the member named, IO; the folder holds something then.
 */
bool source_unpack(struct tree *list, int dir, int fd, uint64_t size, int64_t clamp_unix,
	uint8_t sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;
/* The same for an object of the store, whose digest is checked: MISMATCH, NOTFOUND. */
bool source_unpack_object(int dir, const struct store *s, const uint8_t sha256[static SHA256_SIZE],
	int64_t clamp_unix, struct err *e) MUST_CHECK;
/* Folder and all folders below: mode 0755, time clamp_unix. */
bool source_unpack_settle(int dir, int64_t clamp_unix, struct err *e) MUST_CHECK;

#endif
