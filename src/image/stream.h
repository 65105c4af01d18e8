/*
 * How the image writers put bytes into a sink: many small pieces are gathered into runs of up to 1 MiB, the
 * position is counted, and the first failure is kept, so that a writer reads like the layout it writes and
 * asks once at the end. Sinks for memory and for hashing on the way stand here too.
 */
#ifndef ASSAY_IMAGE_STREAM_H
#define ASSAY_IMAGE_STREAM_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "tree/content.h"

struct stream {
	struct sink *to;
	uint8_t *buffer; /* CONTENT_PIECE bytes */
	size_t n;        /* bytes that wait in it */
	uint64_t at;     /* bytes given so far: the position in the output */
	struct err *e;
	bool failed;
};

/* Starts at position 0. to and e are borrowed until stream_done. */
void stream_init(struct stream *s, struct sink *to, struct err *e);
void stream_done(struct stream *s); /* for CLEANUP; flushes nothing */
void stream_add(struct stream *s, const void *p, size_t n);
void stream_zero(struct stream *s, uint64_t n);
/* Zeroes up to position at, which must not lie behind. */
void stream_zero_to(struct stream *s, uint64_t at);
/* Zeroes up to a multiple of align. */
void stream_align(struct stream *s, uint64_t align);
/* n bytes of c from its offset at. */
void stream_content(struct stream *s, const struct content *c, uint64_t at, uint64_t n);
/* Hands on what waits. False when anything failed since stream_init; *e says what. */
bool stream_end(struct stream *s) MUST_CHECK;

/* Appends to a buf; fails LIMIT at its maximum, naming `what`. */
struct stream_buf {
	struct sink sink;
	struct buf *to;
	const char *what;
};
void stream_buf_init(struct stream_buf *s, struct buf *to, const char *what);

/* Hashes and counts what passes; next may be NULL. The caller ends and frees hasher. */
struct stream_hash {
	struct sink sink;
	struct sink *next;
	struct hasher *hasher;
	uint64_t size;
};
void stream_hash_init(struct stream_hash *s, struct hasher *hasher, struct sink *next);

#endif
