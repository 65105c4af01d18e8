/*
 * Bytes that are compared, at random access: a mapped file, a buffer, or a slice of another. Everything that looks into
 * an image reads through this and lists places in it, so that contents are compared where they lie and never copied.
 *
 * A mapped file must not become shorter while it is looked at: the system then ends the process.
 */
#ifndef ASSAY_DIFF_BYTES_H
#define ASSAY_DIFF_BYTES_H

#include "base/err.h"
#include "base/span.h"

struct diff_bytes {
	struct span all; /* every byte, in one piece */
	void *owned;     /* what diff_bytes_done releases; NULL: borrowed */
	size_t owned_size;
	bool mapped; /* owned is a mapping and not memory of the heap */
};

/*
 * Maps a regular file for reading; dir as in sys/file.h. Fails: NOTFOUND, IO, USAGE for what is no regular file. The
 * caller ends with diff_bytes_done.
 */
bool diff_bytes_open(struct diff_bytes *ret, int dir, const char *path, struct err *e) MUST_CHECK;
/* Maps the whole of an open regular file, which may be closed then. */
bool diff_bytes_map(struct diff_bytes *ret, int fd, const char *name, struct err *e) MUST_CHECK;
/* Borrows. */
static inline struct diff_bytes diff_bytes_of(struct span s)
{
	return (struct diff_bytes){ .all = s };
}
/* Releases what it owns; a zeroed one and a slice own nothing. For CLEANUP. */
void diff_bytes_done(struct diff_bytes *b);

/* The n bytes from offset at; empty (p NULL) when they are not all there. Lives as long as b. */
struct span diff_bytes_at(const struct diff_bytes *b, uint64_t at, uint64_t n);
/* The same as a source of its own, which borrows b; empty when they are not all there. */
struct diff_bytes diff_bytes_slice(const struct diff_bytes *b, uint64_t at, uint64_t n);

/* Where the zeros from offset at end: at the next other byte or at the end. */
uint64_t diff_bytes_behind_zeros(const struct diff_bytes *b, uint64_t at);

#endif
