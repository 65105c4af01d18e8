#include "diff/diff_content.h"

#include <string.h>

#include "base/banned.h"

enum { PIECE = 1 << 16 };

static const uint8_t zeros[PIECE];

/* A walk over a content: what is left of the extent under it. */
struct walk {
	const struct diff_bytes *src;
	const struct diff_extent *next;
	size_t n_next;
	const uint8_t *p; /* NULL: a hole */
	uint64_t n;
};

static void load(struct walk *w)
{
	while (!w->n && w->n_next) {
		const struct diff_extent *x = w->next++;

		w->n_next--;
		w->n = x->size;
		w->p = x->hole ? NULL : diff_bytes_at(w->src, x->at, x->size).p;
	}
}

static void step(struct walk *w, uint64_t n)
{
	w->n -= n;
	if (w->p)
		w->p += n;
}

static uint64_t count_other(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += a[i] != b[i];
	return count;
}

static size_t first_other(const uint8_t *a, const uint8_t *b, size_t n)
{
	size_t i = 0;

	while (i < n && a[i] == b[i])
		i++;
	return i;
}

/* n bytes of both, from offset at of the contents. */
static void compare(
	struct diff_content *r, const uint8_t *a, const uint8_t *b, size_t n, uint64_t at)
{
	if (a == b || memcmp(a, b, n) == 0)
		return;
	if (r->equal)
		r->first = at + first_other(a, b, n);
	r->equal = false;
	r->n_bytes += count_other(a, b, n);
}

static struct diff_content walk(struct walk *a, struct walk *b)
{
	struct diff_content r = { .equal = true };
	uint64_t at = 0;

	for (;;) {
		uint64_t n;

		load(a);
		load(b);
		n = a->n < b->n ? a->n : b->n;
		if (!n)
			break;
		/* Holes on both sides, or one page in two places: any number of bytes at once. */
		if (a->p != b->p) {
			n = n < PIECE ? n : PIECE;
			compare(&r, a->p ? a->p : zeros, b->p ? b->p : zeros, (size_t)n, at);
		}
		step(a, n);
		step(b, n);
		at += n;
	}
	if (r.equal && (a->n || b->n)) {
		r.equal = false;
		r.first = at;
	}
	return r;
}

static struct walk walk_of(const struct diff_bytes *src, const struct diff_member *m)
{
	return (struct walk){ .src = src, .next = m->extents, .n_next = m->n_extents };
}

struct diff_content diff_content_of_members(const struct diff_bytes *source_a,
	const struct diff_member *a, const struct diff_bytes *source_b, const struct diff_member *b)
{
	struct walk x = walk_of(source_a, a), y = walk_of(source_b, b);

	return walk(&x, &y);
}

struct diff_content diff_content_of_bytes(const struct diff_bytes *a, const struct diff_bytes *b)
{
	struct walk x = { .p = a->all.p, .n = a->all.n }, y = { .p = b->all.p, .n = b->all.n };

	return walk(&x, &y);
}

size_t diff_content_copy(const struct diff_bytes *source, const struct diff_member *m, uint64_t at,
	void *dst, size_t n)
{
	struct walk w = walk_of(source, m);
	uint8_t *out = dst;
	size_t done = 0;

	for (load(&w); done < n && w.n; load(&w)) {
		uint64_t size = at ? at : n - done;

		size = size < w.n ? size : w.n;
		if (at) {
			at -= size;
		} else {
			if (w.p)
				memcpy(out + done, w.p, (size_t)size);
			else
				memset(out + done, 0, (size_t)size);
			done += (size_t)size;
		}
		step(&w, size);
	}
	return done;
}
