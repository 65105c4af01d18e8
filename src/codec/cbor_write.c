#include "codec/cbor.h"

#include "base/banned.h"

static void put_head(struct buf *b, unsigned major, uint64_t argument)
{
	uint8_t top = (uint8_t)(major << 5);

	if (argument < 24) {
		buf_u8(b, (uint8_t)(top | argument));
	} else if (argument <= UINT8_MAX) {
		buf_u8(b, top | 24);
		buf_u8(b, (uint8_t)argument);
	} else if (argument <= UINT16_MAX) {
		buf_u8(b, top | 25);
		buf_u16be(b, (uint16_t)argument);
	} else if (argument <= UINT32_MAX) {
		buf_u8(b, top | 26);
		buf_u32be(b, (uint32_t)argument);
	} else {
		buf_u8(b, top | 27);
		buf_u64be(b, argument);
	}
}

void cbor_put_uint(struct buf *b, uint64_t v)
{
	put_head(b, CBOR_UINT, v);
}

void cbor_put_int(struct buf *b, int64_t v)
{
	if (v < 0)
		put_head(b, CBOR_NEGATIVE, (uint64_t)(-1 - v));
	else
		put_head(b, CBOR_UINT, (uint64_t)v);
}

void cbor_put_bytes(struct buf *b, struct span s)
{
	put_head(b, CBOR_BYTES, s.n);
	buf_add(b, s.p, s.n);
}

void cbor_put_text(struct buf *b, struct str s)
{
	put_head(b, CBOR_TEXT, s.n);
	buf_add_str(b, s);
}

void cbor_put_array(struct buf *b, uint64_t n)
{
	put_head(b, CBOR_ARRAY, n);
}

void cbor_put_map(struct buf *b, uint64_t n)
{
	put_head(b, CBOR_MAP, n);
}

void cbor_put_tag(struct buf *b, uint64_t tag)
{
	put_head(b, CBOR_TAG, tag);
}

void cbor_put_bool(struct buf *b, bool v)
{
	put_head(b, CBOR_SIMPLE, v ? CBOR_TRUE : CBOR_FALSE);
}

void cbor_put_null(struct buf *b)
{
	put_head(b, CBOR_SIMPLE, CBOR_NULL);
}

/* As the bytes of their deterministic encodings compare: major type, then the head's argument, then content. */
static int compare_keys(const struct cbor *a, const struct cbor *b)
{
	uint64_t x = a->kind < CBOR_BYTES ? a->number : a->bytes.n;
	uint64_t y = b->kind < CBOR_BYTES ? b->number : b->bytes.n;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (x != y)
		return x < y ? -1 : 1;
	return a->kind < CBOR_BYTES ? 0 : str_compare(cbor_str(a), cbor_str(b));
}

/* The smallest key behind *last; a map has few members. */
static const struct cbor *next_key(const struct cbor *map, const struct cbor *last)
{
	const struct cbor *least = NULL;

	for (size_t i = 0; i < map->n; i++) {
		const struct cbor *k = &map->items[2 * i];

		if ((!last || compare_keys(last, k) < 0) && (!least || compare_keys(k, least) < 0))
			least = k;
	}
	return least;
}

static void put_float(struct buf *b, const struct cbor *v)
{
	buf_u8(b, (uint8_t)(CBOR_SIMPLE << 5 | (v->n == 2 ? 25 : v->n == 4 ? 26 : 27)));
	for (size_t i = v->n; i-- > 0;)
		buf_u8(b, (uint8_t)(v->number >> 8 * i));
}

void cbor_put_value(struct buf *b, const struct cbor *v)
{
	switch (v->kind) {
	case CBOR_UINT:
	case CBOR_NEGATIVE:
	case CBOR_SIMPLE:
		put_head(b, v->kind, v->number);
		break;
	case CBOR_BYTES:
	case CBOR_TEXT:
		put_head(b, v->kind, v->bytes.n);
		buf_add(b, v->bytes.p, v->bytes.n);
		break;
	case CBOR_FLOAT:
		put_float(b, v);
		break;
	case CBOR_TAG:
		put_head(b, CBOR_TAG, v->number);
		cbor_put_value(b, &v->items[0]);
		break;
	case CBOR_ARRAY:
		put_head(b, CBOR_ARRAY, v->n);
		for (size_t i = 0; i < v->n; i++)
			cbor_put_value(b, &v->items[i]);
		break;
	case CBOR_MAP:
		put_head(b, CBOR_MAP, v->n);
		for (const struct cbor *k = next_key(v, NULL); k; k = next_key(v, k)) {
			cbor_put_value(b, k);
			cbor_put_value(b, k + 1);
		}
		break;
	}
}
