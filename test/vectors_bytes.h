/* Bytes of the vectors as their files write them: a file whole, and members of JSON in three ways. */
#ifndef ASSAY_TEST_VECTORS_BYTES_H
#define ASSAY_TEST_VECTORS_BYTES_H

#include "base/arena.h"
#include "base/hex.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "vectors.h"

/* A file, in memory of a. */
static inline struct span vectors_kept(const char *name, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = vectors_load(name);

	return str_span(arena_str(a, buf_str(&b)));
}

static inline struct span vectors_numbers(const struct json *v, struct arena *a)
{
	uint8_t *p = arena_alloc(a, v->n + 1);

	for (size_t i = 0; p && i < v->n; i++) {
		uint64_t byte = 0;

		CHECK(json_u64(&v->items[i], UINT8_MAX, &byte));
		p[i] = (uint8_t)byte;
	}
	return span_make(p, v->n);
}

/* A list of numbers, hex digits, or base64 with or without its padding; nothing where there is no member. */
static inline struct span vectors_bytes(const struct json *v, struct arena *a)
{
	struct span s = { 0 };
	struct err e = { 0 };
	struct str text;
	uint8_t *p;

	if (!v || v->kind == JSON_ARRAY)
		return v ? vectors_numbers(v, a) : s;
	p = arena_alloc(a, v->text.n / 2 + 1);
	if (p && hex_read(v->text, p, v->text.n / 2))
		return span_make(p, v->text.n / 2);
	for (text = v->text; str_ends(text, "=");)
		text.n--;
	CHECK_OK(base64_read(&s, text, BASE64_URL, a, &e), e);
	return s;
}

#endif
