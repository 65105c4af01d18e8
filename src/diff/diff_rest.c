#include "diff/diff_rest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "diff/diff_raw.h"

#include "base/banned.h"

/* A run of bytes that was compared as something's content or field. */
struct covered {
	uint64_t at, end;
};

struct cover {
	struct covered *list;
	size_t n, room;
};

void diff_rest_init(struct diff_rest *r, size_t room)
{
	*r = (struct diff_rest){ .pairs = mem_array(room, sizeof(*r->pairs)), .room = room };
}

void diff_rest_done(struct diff_rest *r)
{
	free(r->pairs);
	*r = (struct diff_rest){ 0 };
}

void diff_rest_pair(struct diff_rest *r, const struct diff_member *a, const struct diff_member *b)
{
	if (r->n < r->room)
		r->pairs[r->n++] = (struct diff_rest_both){ a, b };
}

static int by_place_a(const void *x, const void *y)
{
	const struct diff_rest_both *p = x, *q = y;
	return (p->a > q->a) - (p->a < q->a);
}

/* In the order of A, those of B must rise too; the first that does not stands elsewhere. */
static void order(struct diff_walk *w, const struct diff_rest *r)
{
	CLEANUP(mem_free) struct diff_rest_both *in_a = mem_array(r->n, sizeof(*in_a));
	CLEANUP(mem_free) const struct diff_member **in_b = mem_array(r->n, sizeof(void *));
	if (r->n)
		memcpy(in_a, r->pairs, r->n * sizeof(*in_a));
	qsort(in_a, r->n, sizeof(*in_a), by_place_a);
	size_t first = 1;
	while (first < r->n && in_a[first].b > in_a[first - 1].b)
		first++;
	if (first >= r->n)
		return;
	/* The place where the two orders part: the lowest of B's members that are yet to come in A. */
	size_t at = 0;
	const struct diff_member *lowest = NULL;
	for (size_t i = r->n; i-- > 0;) {
		if (!lowest || in_a[i].b < lowest)
			lowest = in_a[i].b;
		in_b[i] = lowest;
	}
	while (at < r->n && in_b[at] == in_a[at].b)
		at++;
	if (at < r->n)
		diff_walk_words(w, DIFF_ORDER, in_a[at].a->path, in_b[at]->path);
}

static void inode_numbers(struct diff_walk *w, const struct diff_rest *r)
{
	const struct diff_rest_both *first = NULL;
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (r->pairs[i].a->inode != r->pairs[i].b->inode) {
			first = first ? first : &r->pairs[i];
			n++;
		}
	if (!first)
		return;
	struct str a = arena_printf(w->arena, "%" PRIu64 " (%.*s, the first of %zu)",
		first->a->inode, STR_ARG(first->a->path), n);
	struct str b = arena_printf(w->arena, "%" PRIu64, first->b->inode);
	diff_walk_field(
		w, "inode numbers", a, b, r->sets_differ ? DIFF_RULE_NUMBERS : DIFF_RULE_NONE, 0);
}

static bool same_extents(const struct diff_member *a, const struct diff_member *b)
{
	if (a->n_extents != b->n_extents || a->at != b->at || a->head_size != b->head_size)
		return false;
	for (size_t i = 0; i < a->n_extents; i++)
		if (a->extents[i].at != b->extents[i].at ||
			a->extents[i].size != b->extents[i].size ||
			a->extents[i].hole != b->extents[i].hole)
			return false;
	return true;
}

static void cover(struct cover *c, uint64_t at, uint64_t size)
{
	if (!size)
		return;
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		c->list = mem_grow(c->list, c->room, sizeof(*c->list));
	}
	c->list[c->n++] = (struct covered){ at, at + size };
}

static void cover_facts(struct cover *c, const struct diff_fact *facts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cover(c, facts[i].at, facts[i].size);
}

static int by_place(const void *x, const void *y)
{
	const struct covered *p = x, *q = y;
	return p->at != q->at ? (p->at < q->at ? -1 : 1) : (p->end > q->end) - (p->end < q->end);
}

/* The first difference outside of what is covered, or end. */
static uint64_t first_outside(struct cover *c, struct span a, struct span b, uint64_t end)
{
	uint64_t at = 0;
	if (c->n)
		qsort(c->list, c->n, sizeof(*c->list), by_place);
	for (size_t i = 0; i <= c->n; i++) {
		uint64_t to = i < c->n && c->list[i].at < end ? c->list[i].at : end;
		if (to > at) {
			size_t n = (size_t)(to - at);
			size_t first = diff_raw_first(a.p + at, b.p + at, n);
			if (first < n)
				return at + first;
		}
		if (i < c->n && c->list[i].end > at)
			at = c->list[i].end;
	}
	return end;
}

/* Everything lies where it lies in the other: then the bytes between are compared as they are. */
static void between(struct diff_walk *w, const struct diff_rest *r, const struct diff_side *a,
	const struct diff_side *b, const struct diff_members_how *how)
{
	struct cover c = { 0 };
	for (size_t i = 0; i < r->n; i++) {
		const struct diff_member *m = r->pairs[i].a;
		for (size_t k = 0; k < m->n_extents; k++)
			if (!m->extents[k].hole)
				cover(&c, m->extents[k].at, m->extents[k].size);
		cover_facts(&c, m->facts, m->n_facts);
	}
	cover_facts(&c, a->members->facts, a->members->n_facts);
	cover(&c, how->copy.at, how->copy.size);
	uint64_t end = a->members->end;
	uint64_t first = first_outside(&c, a->source->all, b->source->all, end);
	struct str place = r->not_read ? STR("compressed contents, or between them")
				       : STR("between its members");
	if (first < end && diff_walk_enter(w, place)) {
		diff_raw_from(w, a->source->all, b->source->all, first);
		diff_walk_leave(w);
	}
	free(c.list);
}

/* Contents that no reader decompresses, in containers that differ otherwise: nobody knows whether they do, too. */
static void not_read(struct diff_walk *w, const struct diff_rest *r)
{
	struct str why = arena_printf(w->arena, "%zu contents are %.*s and were not compared",
		r->not_read, STR_ARG(r->why));
	if (!diff_walk_enter(w, STR("contents")))
		return;
	struct diff_leaf leaf = { .kind = DIFF_FIELD, .why = why };
	diff_walk_add_ruled(w, &leaf, DIFF_RULE_NOT_READ, 0);
	diff_walk_leave(w);
}

static bool alike(const struct diff_rest *r, const struct diff_side *a, const struct diff_side *b)
{
	if (r->sets_differ || r->metadata_differs || a->source->all.n != b->source->all.n ||
		a->members->end != b->members->end)
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (!same_extents(r->pairs[i].a, r->pairs[i].b))
			return false;
	return true;
}

void diff_rest_compare(struct diff_walk *w, const struct diff_rest *r, const struct diff_side *a,
	const struct diff_side *b, const struct diff_members_how *how)
{
	if (how->order)
		order(w, r);
	if (how->inode_numbers)
		inode_numbers(w, r);
	if (!a->source || !b->source)
		return;
	if (alike(r, a, b))
		between(w, r, a, b, how);
	else if (r->not_read && diff_walk_found(w))
		not_read(w, r);
	else if (!diff_walk_found(w) && diff_walk_enter(w, STR("layout"))) {
		diff_raw(w, a->source->all, b->source->all);
		diff_walk_leave(w);
	}
}
