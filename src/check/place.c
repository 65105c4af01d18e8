#include "check/place.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

#define MORE STR("(more places)")
#define FAILURE STR("(the build)")

bool place_init(struct places *p, struct arena *a, struct err *e)
{
	*p = (struct places){ .arena = a,
		.items = ARENA_ARRAY(a, BISECT_PLACES_MAX, struct place) };
	return p->items || arena_full(a, e);
}

void place_done(struct places *p)
{
	free(p->sights);
}

static bool same_where(
	const struct place *x, const struct str *where, size_t n, enum diff_kind kind)
{
	if (x->n_where != n || x->kind != kind)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_equal(x->where[i], where[i]))
			return false;
	return true;
}

/* The number of the place; the last number is for all that have no room. */
static bool number_of(struct places *p, const struct str *where, size_t n_where,
	enum diff_kind kind, struct str registers, size_t *ret, struct err *e)
{
	struct str *copy;

	for (*ret = 0; *ret < p->n; (*ret)++)
		if (same_where(&p->items[*ret], where, n_where, kind))
			return true;
	if (p->n == BISECT_PLACES_MAX) {
		*ret = p->n - 1;
		return true;
	}
	copy = ARENA_ARRAY(p->arena, n_where ? n_where : 1, struct str);
	for (size_t i = 0; copy && i < n_where; i++) {
		copy[i] = arena_str(p->arena, where[i]);
		if (!copy[i].p)
			return arena_full(p->arena, e);
	}
	p->items[p->n] = (struct place){ copy, n_where, kind, arena_str(p->arena, registers) };
	if (!copy || !p->items[p->n].registers.p)
		return arena_full(p->arena, e);
	p->n++;
	return true;
}

static struct place_sight *sight_of(
	struct places *p, size_t from, size_t place, uint64_t variations, unsigned attempt)
{
	for (size_t i = from; i < p->n_sights; i++)
		if (p->sights[i].place == place)
			return &p->sights[i];
	if (p->n_sights == p->room_sights) {
		p->room_sights = p->room_sights ? 2 * p->room_sights : 64;
		p->sights = mem_grow(p->sights, p->room_sights, sizeof *p->sights);
	}
	p->sights[p->n_sights] = (struct place_sight){
		.place = place, .variations = variations, .attempt = attempt
	};
	return &p->sights[p->n_sights++];
}

/* Hunks of one place stand one after the other. */
static bool join(struct span *to, struct span more, struct arena *a, struct err *e)
{
	uint8_t *p;

	if (!more.n || to->n + more.n > PLACE_BYTES_MAX)
		return true;
	p = arena_alloc(a, to->n + more.n);
	if (!p)
		return arena_full(a, e);
	if (to->n)
		memcpy(p, to->p, to->n);
	memcpy(p + to->n, more.p, more.n);
	*to = span_make(p, to->n + more.n);
	return true;
}

static bool take(struct places *p, size_t from, const struct diff_leaf *leaf,
	struct bisect_set *moved, uint64_t variations, unsigned attempt, struct err *e)
{
	const struct str more = MORE;
	bool shown = p->n_sights - from < PLACE_SHOWN_MAX;
	struct place_sight *s;
	size_t place;

	if (!number_of(p, shown ? leaf->where : &more, shown ? leaf->n_where : 1,
		    shown ? leaf->kind : DIFF_BYTES, shown ? leaf->registers : STR(""), &place, e))
		return false;
	bisect_set_add(moved, place);
	s = sight_of(p, from, place, variations, attempt);
	if (!s->filled)
		s->at = leaf->at_b;
	s->filled = true;
	return join(&s->a, leaf->a, p->arena, e) && join(&s->b, leaf->b, p->arena, e);
}

bool place_take(struct places *p, const struct diff_report *r, uint64_t variations,
	unsigned attempt, struct bisect_set *moved, struct err *e)
{
	size_t from = p->n_sights;

	for (size_t i = 0; i < r->n_leaves; i++)
		if (!r->leaves[i].derived &&
			!take(p, from, &r->leaves[i], moved, variations, attempt, e))
			return false;
	return true;
}

bool place_take_failure(struct places *p, struct str b, uint64_t variations, unsigned attempt,
	struct bisect_set *moved, struct err *e)
{
	const struct str where = FAILURE;
	const struct diff_leaf leaf = {
		.where = &where,
		.n_where = 1,
		.kind = DIFF_TEXT,
		.a = str_span(STR("done")),
		.b = str_span(b),
	};

	return take(p, p->n_sights, &leaf, moved, variations, attempt, e);
}

void place_compare(const struct places *p, size_t from, struct bisect_set *wavering)
{
	/* Random addresses are others in each build, and so is who wins a race. */
	const uint64_t by_chance = VARIATION_BIT(VARIATION_ADDRESSES) |
				   VARIATION_BIT(VARIATION_SCHEDULE);

	for (size_t i = from; i < p->n_sights; i++) {
		const struct place_sight *s = &p->sights[i];

		for (size_t k = 0; k < from && !(s->variations & by_chance); k++) {
			const struct place_sight *was = &p->sights[k];

			if (was->place == s->place && was->variations == s->variations &&
				was->attempt == s->attempt && !span_equal(was->b, s->b))
				bisect_set_add(wavering, s->place);
		}
	}
}

const struct place_sight *place_find(const struct places *p, size_t place, uint64_t variations)
{
	const struct place_sight *plain = NULL;

	for (size_t i = 0; i < p->n_sights; i++) {
		if (p->sights[i].place != place || p->sights[i].variations != variations)
			continue;
		if (p->sights[i].attempt != PLACE_PLAIN)
			return &p->sights[i];
		plain = &p->sights[i];
	}
	return plain;
}

const struct place_sight *place_any(const struct places *p, size_t place)
{
	for (size_t i = 0; i < p->n_sights; i++)
		if (p->sights[i].place == place)
			return &p->sights[i];
	return NULL;
}
