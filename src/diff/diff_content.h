/*
 * Two contents held against each other where they lie: bytes of two sources, or members with their extents and holes. No
 * byte is copied, holes against holes are not read, and equal pages of one mapping neither.
 */
#ifndef ASSAY_DIFF_CONTENT_H
#define ASSAY_DIFF_CONTENT_H

#include "diff/diff_member.h"

struct diff_content {
	bool equal;
	uint64_t
		first; /* offset in the contents of the first difference; the shorter size when one is longer */
	uint64_t n_bytes; /* how many of the bytes that both have differ */
};

struct diff_content diff_content_of_bytes(const struct diff_bytes *a, const struct diff_bytes *b);
/* Of members with extents: never of one with not_read. */
struct diff_content diff_content_of_members(const struct diff_bytes *source_a,
	const struct diff_member *a, const struct diff_bytes *source_b,
	const struct diff_member *b);
/*
 * n bytes (at most what there are) of a member's content from offset at into dst; how many were copied. For windows and
 * the heads of files, not for whole contents.
 */
size_t diff_content_copy(const struct diff_bytes *source, const struct diff_member *m, uint64_t at,
	void *dst, size_t n);

#endif
