#include "image/stream.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/banned.h"

void stream_init(struct stream *s, struct sink *to, struct err *e)
{
	*s = (struct stream){ .to = to, .e = e, .buffer = mem_alloc(CONTENT_PIECE) };
}

void stream_done(struct stream *s)
{
	mem_free(&s->buffer);
	s->buffer = NULL;
}

static void flush(struct stream *s)
{
	if (!s->failed && s->n)
		s->failed = !sink_write(s->to, s->buffer, s->n, s->e);
	s->n = 0;
}

/* Room for at least one byte, at most n; counts it as given. */
static uint8_t *claim(struct stream *s, uint64_t n, size_t *got)
{
	uint8_t *p;

	if (s->n == CONTENT_PIECE)
		flush(s);
	*got = n < CONTENT_PIECE - s->n ? (size_t)n : CONTENT_PIECE - s->n;
	p = s->buffer + s->n;
	s->n += *got;
	s->at += *got;
	return p;
}

void stream_add(struct stream *s, const void *p, size_t n)
{
	const uint8_t *from = p;
	size_t got;

	for (; n; n -= got, from += got) {
		uint8_t *to = claim(s, n, &got);

		memcpy(to, from, got);
	}
}

void stream_zero(struct stream *s, uint64_t n)
{
	size_t got;

	for (; n; n -= got) {
		uint8_t *to = claim(s, n, &got);

		memset(to, 0, got);
	}
}

void stream_zero_to(struct stream *s, uint64_t at)
{
	assert(at >= s->at);
	stream_zero(s, at - s->at);
}

void stream_align(struct stream *s, uint64_t align)
{
	stream_zero(s, (align - s->at % align) % align);
}

void stream_content(struct stream *s, const struct content *c, uint64_t at, uint64_t n)
{
	size_t got;

	for (; n && !s->failed; n -= got, at += got) {
		uint8_t *p = claim(s, n, &got);

		if (!content_read(c, at, p, got, s->e))
			s->failed = true;
	}
}

bool stream_end(struct stream *s)
{
	flush(s);
	return !s->failed;
}

static bool buf_write(struct sink *sink, const void *p, size_t n, struct err *e)
{
	struct stream_buf *s = (struct stream_buf *)sink;

	buf_add(s->to, p, n);
	return buf_ok(s->to) || buf_full(s->to, s->what, e);
}

void stream_buf_init(struct stream_buf *s, struct buf *to, const char *what)
{
	*s = (struct stream_buf){ { buf_write }, to, what };
}

static bool hash_write(struct sink *sink, const void *p, size_t n, struct err *e)
{
	struct stream_hash *s = (struct stream_hash *)sink;

	hasher_add(s->hasher, p, n);
	s->size += n;
	return !s->next || sink_write(s->next, p, n, e);
}

void stream_hash_init(struct stream_hash *s, struct hasher *hasher, struct sink *next)
{
	*s = (struct stream_hash){ { hash_write }, next, hasher, 0 };
}
