/* Keeping packages out of a closure by name. */
#include <stdlib.h>

#include "base/mem.h"
#include "lock/resolve_inside.h"
#include "base/banned.h"

bool resolve_hollow_matches(struct str name, struct str_list globs)
{
	for (size_t i = 0; i < globs.n; i++)
		if (str_glob(globs.items[i], name))
			return true;
	return false;
}

/* The dependencies of packages that are left out, kept to be put back. */
struct hollow {
	Id package;
	Queue kept[3];
};

struct resolve_hollows {
	struct hollow *items;
	size_t n;
};

static const Id hollow_keys[] = { SOLVABLE_REQUIRES, SOLVABLE_CONFLICTS, SOLVABLE_OBSOLETES };

/* A package left out stays in the pool as a husk that satisfies what asks for it and asks for nothing. */
static void hollows_add(const struct resolve *r, struct resolve_hollows *h, Id p)
{
	Solvable *s = &r->pool->solvables[p];
	struct hollow *item;
	Queue none;

	queue_init(&none);
	h->items = mem_grow(h->items, h->n + 1, sizeof *h->items);
	item = &h->items[h->n++];
	item->package = p;
	for (size_t i = 0; i < ARRAY_LEN(hollow_keys); i++) {
		queue_init(&item->kept[i]);
		solvable_lookup_deparray(s, hollow_keys[i], &item->kept[i], 0);
		solvable_set_deparray(s, hollow_keys[i], &none, 0);
	}
	queue_free(&none);
}

struct resolve_hollows *resolve_hollow_out(const struct resolve *r, struct str_list globs)
{
	struct resolve_hollows *h = MEM_NEW(struct resolve_hollows);

	for (size_t i = 0; globs.n && i < r->n_sources; i++)
		for (size_t k = 0; k < r->sources[i].n; k++) {
			Id p = r->sources[i].repo->start + (Id)k;

			if (resolve_hollow_matches(resolve_name(r, p), globs))
				hollows_add(r, h, p);
		}
	return h;
}

void resolve_hollow_restore(const struct resolve *r, struct resolve_hollows *h)
{
	for (size_t i = 0; i < h->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(hollow_keys); k++) {
			solvable_set_deparray(&r->pool->solvables[h->items[i].package],
				hollow_keys[k], &h->items[i].kept[k], 0);
			queue_free(&h->items[i].kept[k]);
		}
	free(h->items);
	free(h);
}
