#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

void buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

static uint8_t *grow(struct buf *b, size_t n)
{
	size_t room = b->room ? b->room : 256;
	uint8_t *p;

	while (room - b->n < n)
		room = room > SIZE_MAX / 2 ? b->n + n : room * 2;
	p = realloc(b->p, room);
	if (!p) {
		mem_missing();
		b->failed = true;
		return NULL;
	}
	b->p = p;
	b->room = room;
	return p + b->n;
}

/* Room for n more bytes behind the content, or sets failed. */
static inline uint8_t *reserve(struct buf *b, size_t n)
{
	if (b->failed || n > b->max - b->n) {
		b->failed = true;
		return NULL;
	}
	return b->room - b->n >= n ? b->p + b->n : grow(b, n);
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	uint8_t *dst = n ? reserve(b, n) : NULL;

	if (!dst)
		return;
	memcpy(dst, p, n);
	b->n += n;
}

void buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_add_cstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;
	uint8_t *dst;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	dst = n < 0 ? NULL : reserve(b, (size_t)n + 1);
	if (!dst)
		return;
	va_start(ap, fmt);
	vsnprintf((char *)dst, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_fill(struct buf *b, uint8_t byte, size_t n)
{
	uint8_t *dst = n ? reserve(b, n) : NULL;

	if (!dst)
		return;
	memset(dst, byte, n);
	b->n += n;
}

void buf_align(struct buf *b, size_t align)
{
	buf_fill(b, 0, (align - b->n % align) % align);
}

static void add_le(struct buf *b, uint64_t v, size_t n)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(v >> (8 * i));
	buf_add(b, bytes, n);
}

static void add_be(struct buf *b, uint64_t v, size_t n)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < n; i++)
		bytes[n - 1 - i] = (uint8_t)(v >> (8 * i));
	buf_add(b, bytes, n);
}

void buf_u8(struct buf *b, uint8_t v)
{
	uint8_t *dst = reserve(b, 1);

	if (!dst)
		return;
	*dst = v;
	b->n++;
}

void buf_u16le(struct buf *b, uint16_t v)
{
	add_le(b, v, 2);
}

void buf_u32le(struct buf *b, uint32_t v)
{
	add_le(b, v, 4);
}

void buf_u64le(struct buf *b, uint64_t v)
{
	add_le(b, v, 8);
}

void buf_u16be(struct buf *b, uint16_t v)
{
	add_be(b, v, 2);
}

void buf_u32be(struct buf *b, uint32_t v)
{
	add_be(b, v, 4);
}

void buf_u64be(struct buf *b, uint64_t v)
{
	add_be(b, v, 8);
}

char *buf_take_cstr(struct buf *b)
{
	char *p = realloc(b->p, b->n + 1);

	if (!p) {
		mem_missing();
		return NULL;
	}
	p[b->n] = 0;
	*b = buf_init(b->max);
	return p;
}

bool buf_full(const struct buf *b, const char *what, struct err *e)
{
	return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", what, b->max);
}

void put_u16le(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

void put_u32le(uint8_t *p, uint32_t v)
{
	put_u16le(p, (uint16_t)v);
	put_u16le(p + 2, (uint16_t)(v >> 16));
}

void put_u64le(uint8_t *p, uint64_t v)
{
	put_u32le(p, (uint32_t)v);
	put_u32le(p + 4, (uint32_t)(v >> 32));
}
