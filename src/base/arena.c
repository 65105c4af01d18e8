#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ckd.h"
#include "base/mem.h"
#include "base/banned.h"

/*
 * Each chunk is four times the one before. The C library then keeps what an arena frees for the next one, instead of
 * giving it back to the kernel after every appraisal, for which the process's other threads have to stop.
 */
enum { ARENA_ALIGN = 16, CHUNK_FIRST = 64 * 1024, CHUNK_GROWS = 4, CHUNK_LAST = 1024 * 1024 };

struct chunk {
	struct chunk *next;
	size_t size, used; /* of the bytes behind this header */
	uint8_t _Alignas(ARENA_ALIGN) bytes[];
};

struct arena {
	struct chunk *chunks;
	size_t max, used;
	size_t chunk; /* what the next one has room for, where max allows as much */
	bool failed;
};

struct arena *arena_new(size_t max)
{
	struct arena *a = calloc(1, sizeof *a);

	if (!a) {
		mem_missing();
		return NULL;
	}
	a->max = max;
	a->chunk = CHUNK_FIRST;
	return a;
}

/* All from there to the chunk, which stays. */
static void free_until(struct chunk **from, const void *until)
{
	while (*from != until) {
		struct chunk *next = (*from)->next;

		free(*from);
		*from = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	free_until(&a->chunks, NULL);
	free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
}

static size_t smaller(size_t x, size_t y)
{
	return x < y ? x : y;
}

/* For an allocation that max allows; one that is large gets a chunk of its own. */
static struct chunk *chunk_new(struct arena *a, size_t need)
{
	bool own = need > CHUNK_FIRST / 4;
	size_t size = own ? need : smaller(a->chunk, a->max - a->used);
	struct chunk *c = malloc(sizeof *c + size);

	if (!c)
		return NULL;
	c->size = size;
	c->used = 0;
	if (!own)
		a->chunk = smaller(CHUNK_GROWS * a->chunk, CHUNK_LAST);
	/* A chunk of its own goes behind the current one, whose rest stays in use. */
	if (own && a->chunks) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c;
}

static void *take(struct arena *a, size_t size)
{
	struct chunk *c = a->chunks;
	size_t need, total;
	void *p;

	if (ckd_add(&need, size ? size : 1, (size_t)(ARENA_ALIGN - 1)))
		return NULL;
	need &= ~(size_t)(ARENA_ALIGN - 1);
	if (ckd_add(&total, a->used, need) || total > a->max)
		return NULL;
	if (!c || c->size - c->used < need)
		c = chunk_new(a, need);
	if (!c)
		return NULL;
	p = c->bytes + c->used;
	c->used += need;
	a->used = total;
	return memset(p, 0, need);
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p = take(a, size);

	a->failed |= !p;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	return arena_alloc(a, ckd_mul(&total, n, size) ? SIZE_MAX : total);
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n == SIZE_MAX ? SIZE_MAX : s.n + 1);

	if (!p)
		return str_make(NULL, 0);
	if (s.n)
		memcpy(p, s.p, s.n);
	return str_make(p, s.n);
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (!p)
		return str_make(NULL, 0);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return str_make(p, (size_t)n);
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

bool arena_failed(const struct arena *a)
{
	return a->failed;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ .chunk = a->chunks,
		.behind = a->chunks ? a->chunks->next : NULL,
		.filled = a->chunks ? a->chunks->used : 0,
		.used = a->used,
		.next_chunk = a->chunk };
}

/* New chunks stand before the one that was current, and, those of large allocations, right behind it. */
void arena_rewind(struct arena *a, struct arena_mark to)
{
	free_until(&a->chunks, to.chunk);
	if (a->chunks) {
		free_until(&a->chunks->next, to.behind);
		a->chunks->used = to.filled;
	}
	a->used = to.used;
	a->chunk = to.next_chunk;
}

bool arena_full(const struct arena *a, struct err *e)
{
	return err_set(e, ERR_LIMIT, "needs more than the %zu bytes of memory allowed", a->max);
}
