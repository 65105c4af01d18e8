/*
 * The contents of a pack while they are written: one after the other without gaps between them (readers use pread, and
 * pages are not worth the space), each hashed on the way, through a buffer of 1 MiB. Long runs of zeros become holes.
 */
#ifndef ASSAY_DEB_PACK_WRITE_H
#define ASSAY_DEB_PACK_WRITE_H

#include "base/digest.h"
#include "base/err.h"
#include "tree/content.h"

struct pack_write;

/* The CRC-32C of the content that begins at `at`; empty ones have none. */
struct pack_content_sum {
	uint64_t at;
	uint32_t sum;
};

/* Writes to fd from its start; fd and name (for messages) are borrowed. Owned by the caller. */
struct pack_write *pack_write_new(int fd, const char *name);
void pack_write_free(struct pack_write *w);
void pack_write_freep(struct pack_write **w);

/* A content starts here; then its bytes, then pack_write_end, which fills *ret (without a source). */
void pack_write_begin(struct pack_write *w);
bool pack_write_add(struct pack_write *w, const void *p, size_t n, struct err *e) MUST_CHECK;
bool pack_write_zeros(struct pack_write *w, uint64_t n, struct err *e) MUST_CHECK;
void pack_write_end(struct pack_write *w, struct content *ret);
/* Of all contents so far, in the order of the file; borrowed until the next content ends. */
const struct pack_content_sum *pack_write_sums(const struct pack_write *w, size_t *n);
/* The index and the trailer behind all contents; nothing can be added afterwards. */
bool pack_write_finish(struct pack_write *w, struct span index, struct err *e) MUST_CHECK;

#endif
