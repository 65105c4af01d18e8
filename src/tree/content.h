/*
 * The bytes of a file without the file: where they can be read again, how many, and their SHA-256. Contents stream;
 * only metadata lives in memory.
 */
#ifndef ASSAY_TREE_CONTENT_H
#define ASSAY_TREE_CONTENT_H

#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

/*
 * Where bytes come from: a pack in the store, a file, memory. `read` fills dst with exactly n bytes from offset at, may
 * be called from several threads, and reads bytes that do not change while the source lives. Embedded first in the
 * owner's struct.
 */
struct content_source {
	bool (*read)(
		const struct content_source *s, uint64_t at, void *dst, size_t n, struct err *e);
};

struct content {
	const struct content_source *source; /* NULL: empty */
	uint64_t at;                         /* offset in the source */
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

/* Bytes of memory as a source; the bytes must outlive all contents made from it. */
struct content_memory {
	struct content_source source;
	struct span bytes;
};

/* Fills m and *ret: the whole of bytes, hashed. */
void content_of_memory(struct content *ret, struct content_memory *m, struct span bytes);

/* n bytes from offset at of the content; at + n must lie within size. */
bool content_read(
	const struct content *c, uint64_t at, void *dst, size_t n, struct err *e) MUST_CHECK;

/* Where an image goes: called in order, once for each run of bytes. */
struct sink {
	bool (*write)(struct sink *s, const void *p, size_t n, struct err *e);
};

static inline bool sink_write(struct sink *s, const void *p, size_t n, struct err *e)
{
	return s->write(s, p, n, e);
}

/* The whole content into the sink in pieces of at most 1 MiB; buffer has room for that (CONTENT_PIECE bytes). */
enum { CONTENT_PIECE = 1 << 20 };
bool content_copy(
	const struct content *c, struct sink *to, uint8_t *buffer, struct err *e) MUST_CHECK;

#endif
