#include "tree/content.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

static bool read_memory(
	const struct content_source *s, uint64_t at, void *dst, size_t n, struct err *e)
{
	const struct content_memory *m = (const struct content_memory *)s;

	if (at > m->bytes.n || n > m->bytes.n - at)
		return err_set(e, ERR_INTERNAL,
			"content in memory ends at %zu, wanted %zu bytes at %llu", m->bytes.n, n,
			(unsigned long long)at);
	memcpy(dst, m->bytes.p + at, n);
	return true;
}

void content_of_memory(struct content *ret, struct content_memory *m, struct span bytes)
{
	m->source.read = read_memory;
	m->bytes = bytes;
	ret->source = bytes.n ? &m->source : NULL;
	ret->at = 0;
	ret->size = bytes.n;
	sha256_of(ret->sha256, bytes);
}

bool content_read(const struct content *c, uint64_t at, void *dst, size_t n, struct err *e)
{
	assert(at <= c->size && n <= c->size - at);
	return n == 0 || c->source->read(c->source, c->at + at, dst, n, e);
}

bool content_copy(const struct content *c, struct sink *to, uint8_t *buffer, struct err *e)
{
	for (uint64_t at = 0; at < c->size;) {
		size_t n = c->size - at < CONTENT_PIECE ? (size_t)(c->size - at) : CONTENT_PIECE;

		if (!content_read(c, at, buffer, n, e) || !sink_write(to, buffer, n, e))
			return false;
		at += n;
	}
	return true;
}
