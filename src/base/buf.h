/*
 * Growing output with a maximum. Exceeding the maximum is sticky: later writes do nothing and buf_ok is false. A zeroed
 * buf is valid, empty and can hold nothing; buf_init gives it its maximum. Out of memory aborts: the maximum is the bound; under
 * a guard (base/mem.h) the buf has failed.
 */
#ifndef ASSAY_BASE_BUF_H
#define ASSAY_BASE_BUF_H

#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

struct buf {
	uint8_t *p;
	size_t n, room, max;
	bool failed;
};

static inline struct buf buf_init(size_t max)
{
	return (struct buf){ NULL, 0, 0, max, false };
}

void buf_done(struct buf *b); /* releases; for CLEANUP */
static inline bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

static inline struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

static inline struct str buf_str(const struct buf *b)
{
	return (struct str){ (const char *)b->p, b->n };
}

void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_cstr(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_fill(struct buf *b, uint8_t byte, size_t n);
/* Zeroes up to a multiple of align (a power of two). */
void buf_align(struct buf *b, size_t align);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16le(struct buf *b, uint16_t v);
void buf_u32le(struct buf *b, uint32_t v);
void buf_u64le(struct buf *b, uint64_t v);
void buf_u16be(struct buf *b, uint16_t v);
void buf_u32be(struct buf *b, uint32_t v);
void buf_u64be(struct buf *b, uint64_t v);
/* Terminated content, owned by the caller (free); the buf is empty afterwards. NULL only under a guard. */
char *buf_take_cstr(struct buf *b);
/* LIMIT "WHAT is larger than MAX bytes"; returns false. */
bool buf_full(const struct buf *b, const char *what, struct err *e);

/* Little-endian stores into a fixed record. */
void put_u16le(uint8_t *p, uint16_t v);
void put_u32le(uint8_t *p, uint32_t v);
void put_u64le(uint8_t *p, uint64_t v);

#endif
