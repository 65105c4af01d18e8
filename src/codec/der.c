#include "codec/der.h"

#include <string.h>

#include "base/banned.h"

enum { TAG_LONG = 0x1f, LENGTH_LONG = 0x80, LENGTH_BYTES_MAX = 4 };

/* Shortest form: up to 127 in one byte, else 80+n and n bytes without a leading zero. */
static bool read_length(size_t *ret, struct rd *r)
{
	uint8_t first = rd_u8(r);
	size_t n = 0, bytes = first & 0x7fu;

	if (first < LENGTH_LONG) {
		*ret = first;
		return rd_ok(r);
	}
	if (!bytes || bytes > LENGTH_BYTES_MAX)
		return false;
	for (size_t i = 0; i < bytes; i++) {
		uint8_t b = rd_u8(r);

		if (!i && !b)
			return false;
		n = n << 8 | b;
	}
	*ret = n;
	return rd_ok(r) && n >= LENGTH_LONG;
}

bool der_next(struct span *whole, struct span *content, uint8_t *tag, struct rd *r,
	const char *what, struct err *e)
{
	size_t start = r->at, n = 0;
	uint8_t t = rd_u8(r);
	struct span c;

	if (!rd_ok(r))
		return rd_truncated(r, what, e);
	if ((t & TAG_LONG) == TAG_LONG || !read_length(&n, r))
		return err_set(
			e, ERR_FORMAT, "%s at %zu: no tag and length as DER has them", what, start);
	c = rd_bytes(r, n);
	if (!rd_ok(r))
		return rd_truncated(r, what, e);
	*whole = span_make(r->p + start, r->at - start);
	*content = c;
	*tag = t;
	return true;
}

bool der_enter(struct rd *content, struct rd *r, uint8_t tag, const char *what, struct err *e)
{
	size_t start = r->at;
	struct span whole, inner;
	uint8_t got;

	if (!der_next(&whole, &inner, &got, r, what, e))
		return false;
	if (got != tag)
		return err_set(
			e, ERR_FORMAT, "%s at %zu: tag %02x, wanted %02x", what, start, got, tag);
	*content = rd_of(inner);
	return true;
}

bool der_exactly(struct rd *r, struct span whole, const char *what, struct err *e)
{
	size_t start = r->at;
	struct span got, content;
	uint8_t tag;

	if (!der_next(&got, &content, &tag, r, what, e))
		return false;
	return span_equal(got, whole) ||
	       err_set(e, ERR_FORMAT, "%s at %zu: another value than the one that is taken", what,
		       start);
}

bool der_end(const struct rd *r, const char *what, struct err *e)
{
	return rd_done(r) || err_set(e, ERR_FORMAT, "%s: %zu bytes behind its end at %zu", what,
				     rd_left(r), r->at);
}

void der_close(struct buf *out, size_t start, uint8_t tag)
{
	uint8_t head[2 + sizeof(size_t)] = { tag };
	size_t n = out->n - start, bytes = 0, size = 2;

	while (n >> (8 * bytes))
		bytes++;
	head[1] = n < LENGTH_LONG ? (uint8_t)n : (uint8_t)(LENGTH_LONG | bytes);
	if (n >= LENGTH_LONG)
		while (bytes--)
			head[size++] = (uint8_t)(n >> (8 * bytes));
	buf_fill(out, 0, size);
	if (!buf_ok(out))
		return;
	memmove(out->p + start + size, out->p + start, n);
	memcpy(out->p + start, head, size);
}

void der_put(struct buf *out, uint8_t tag, struct span content)
{
	size_t start = out->n;

	buf_add(out, content.p, content.n);
	der_close(out, start, tag);
}
