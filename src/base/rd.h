/*
 * The one cursor for bytes that we do not trust. Failure is sticky: after the first read past the end every read
 * answers zero (or an empty span) and rd_ok is false. Read a record, ask rd_ok once, then branch.
 */
#ifndef ASSAY_BASE_RD_H
#define ASSAY_BASE_RD_H

#include "base/err.h"
#include "base/span.h"

struct rd {
	const uint8_t *p;
	size_t n;  /* bytes in all */
	size_t at; /* offset of the next byte; of the first that was missing after a failure */
	bool failed;
};

static inline struct rd rd_of(struct span s)
{
	return (struct rd){ s.p, s.n, 0, false };
}

static inline bool rd_ok(const struct rd *r)
{
	return !r->failed;
}

size_t rd_left(const struct rd *r);
/* True when nothing failed and nothing is left. */
bool rd_done(const struct rd *r);

uint8_t rd_u8(struct rd *r);
uint16_t rd_u16le(struct rd *r);
uint32_t rd_u32le(struct rd *r);
uint64_t rd_u64le(struct rd *r);
uint16_t rd_u16be(struct rd *r);
uint32_t rd_u32be(struct rd *r);
uint64_t rd_u64be(struct rd *r);
/* n bytes, borrowed from the input. */
struct span rd_bytes(struct rd *r, size_t n);
/* A reader of the next n bytes; itself failed when they are not there. */
struct rd rd_sub(struct rd *r, size_t n);
void rd_skip(struct rd *r, size_t n);
void rd_seek(struct rd *r, size_t at);
/* Copies n bytes; zeroes dst on failure. */
void rd_copy(struct rd *r, void *dst, size_t n);
/* Sets FORMAT "WHAT at OFFSET: truncated, SIZE bytes in all"; returns false. */
bool rd_truncated(const struct rd *r, const char *what, struct err *e);

#endif
