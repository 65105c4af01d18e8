/*
 * A tree (build/input_tree.h) on the disk, for years and for others. The same tree gives the same folder: names, bytes,
 * modes and times, whatever the umask. Each file appears whole or not at all, and SHA256SUMS, the listing of the bytes of
 * all files in the form of sha256sum(1), is the last, and goes first when a later run has something to change: where it
 * stands, the rest is there. A run that was killed is taken up by the
 * next, which keeps what is right and makes anew what is damaged.
 */
#ifndef ASSAY_BUILD_INPUT_ARCHIVE_H
#define ASSAY_BUILD_INPUT_ARCHIVE_H

#include "base/buf.h"
#include "tree/tree.h"

#define INPUT_ARCHIVE_SUMS "SHA256SUMS"
enum { INPUT_ARCHIVE_SUMS_MAX = 64 << 20 };

struct input_archive {
	size_t n_files; /* in SHA256SUMS */
	size_t n_kept;  /* of those with bytes of their own: found right where they stand */
	size_t n_made;
	uint64_t size;                    /* bytes of both */
	uint8_t sums_sha256[SHA256_SIZE]; /* of SHA256SUMS */
};

/*
 * SHA256SUMS: the bytes of each file of the finished tree t by its path, in order. What lies in objects/ has the names that
 * link to it; links in source/ are part of overlays and have no line, and neither have folders and modes.
 */
void input_archive_sums(const struct tree *t, struct buf *out, size_t *n_files);

/*
 * Writes the finished tree t as the folder out, made where missing; times of folders and links become mtime_unix, the
 * latest in the tree. Fails MISMATCH for a file in out that is none of the tree's, and for content that is not what its
 * digest says; USAGE while another process writes there, IO.
 */
bool input_archive_write(struct input_archive *ret, const struct tree *t, int64_t mtime_unix,
	const char *out, struct err *e) MUST_CHECK;

#endif
