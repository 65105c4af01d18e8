#include "base/rd.h"

#include <string.h>

#include "base/banned.h"

size_t rd_left(const struct rd *r)
{
	return r->failed ? 0 : r->n - r->at;
}

bool rd_done(const struct rd *r)
{
	return !r->failed && r->at == r->n;
}

struct span rd_bytes(struct rd *r, size_t n)
{
	struct span s = { NULL, 0 };

	if (r->failed || r->n - r->at < n) {
		r->failed = true;
		return s;
	}
	s.p = r->p + r->at;
	s.n = n;
	r->at += n;
	return s;
}

static uint64_t take_le(struct rd *r, size_t n)
{
	struct span s = rd_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = s.n; i > 0; i--)
		v = v << 8 | s.p[i - 1];
	return v;
}

static uint64_t take_be(struct rd *r, size_t n)
{
	struct span s = rd_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

uint8_t rd_u8(struct rd *r)
{
	return (uint8_t)take_le(r, 1);
}

uint16_t rd_u16le(struct rd *r)
{
	return (uint16_t)take_le(r, 2);
}

uint32_t rd_u32le(struct rd *r)
{
	return (uint32_t)take_le(r, 4);
}

uint64_t rd_u64le(struct rd *r)
{
	return take_le(r, 8);
}

uint16_t rd_u16be(struct rd *r)
{
	return (uint16_t)take_be(r, 2);
}

uint32_t rd_u32be(struct rd *r)
{
	return (uint32_t)take_be(r, 4);
}

uint64_t rd_u64be(struct rd *r)
{
	return take_be(r, 8);
}

struct rd rd_sub(struct rd *r, size_t n)
{
	struct span s = rd_bytes(r, n);
	struct rd sub = rd_of(s);

	sub.failed = r->failed;
	return sub;
}

void rd_skip(struct rd *r, size_t n)
{
	(void)rd_bytes(r, n);
}

void rd_seek(struct rd *r, size_t at)
{
	if (r->failed || at > r->n)
		r->failed = true;
	else
		r->at = at;
}

void rd_copy(struct rd *r, void *dst, size_t n)
{
	struct span s = rd_bytes(r, n);

	if (s.n)
		memcpy(dst, s.p, s.n);
	else if (n)
		memset(dst, 0, n);
}

bool rd_truncated(const struct rd *r, const char *what, struct err *e)
{
	return err_set(e, ERR_FORMAT, "%s at %zu: truncated, %zu bytes in all", what, r->at, r->n);
}
