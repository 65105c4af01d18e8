#include "lock/description_needs.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/banned.h"

enum { TELL_MAX = 400 };

struct order {
	const struct description *d;
	struct map *by_name; /* to the component */
	bool *placed;
	size_t *to, n;
};

static size_t find(const struct order *o, struct str name)
{
	const struct component *c = map_get(o->by_name, name);

	return (size_t)(c - o->d->components);
}

static bool check_names(struct order *o, const struct json *list, struct err *e)
{
	const struct description *d = o->d;
	CLEANUP(buf_done) struct buf names = buf_init(TELL_MAX);

	for (size_t i = 0; i < d->n_components; i++) {
		const struct str_list *needs = &d->components[i].needs;

		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(d->components[i].name));
		for (size_t k = 0; k < needs->n; k++) {
			if (map_get(o->by_name, needs->items[k]))
				continue;
			err_set(e, ERR_FORMAT,
				"line %zu: component '%.*s' needs '%.*s', and no component has that name",
				list->items[i].line, STR_ARG(d->components[i].name),
				STR_ARG(needs->items[k]));
			for (i++; i < d->n_components; i++)
				buf_printf(&names, ", %.*s", STR_ARG(d->components[i].name));
			return buf_ok(&names)
				       ? err_hint(e, "there are: %.*s", STR_ARG(buf_str(&names)))
				       : false;
		}
	}
	return true;
}

/* The first of what component i needs that is not placed; n_components: all are. */
static size_t first_open(const struct order *o, size_t i)
{
	const struct str_list *needs = &o->d->components[i].needs;

	for (size_t k = 0; k < needs->n; k++) {
		size_t at = find(o, needs->items[k]);

		if (!o->placed[at])
			return at;
	}
	return o->d->n_components;
}

/* Nothing more can be placed: from any that is left, the way along what it needs comes into the circle. */
static bool tell_circle(const struct order *o, const struct json *list, struct err *e)
{
	CLEANUP(buf_done) struct buf way = buf_init(TELL_MAX);
	size_t n = o->d->n_components, start = 0, at;

	while (o->placed[start])
		start++;
	for (size_t i = 0; i < n; i++)
		start = first_open(o, start);
	at = start;
	do {
		at = first_open(o, at);
		buf_printf(&way, "%s '%.*s'", at == first_open(o, start) ? "" : ", which needs",
			STR_ARG(o->d->components[at].name));
	} while (at != start);
	err_set(e, ERR_FORMAT, "line %zu: component '%.*s' needs itself: it needs%.*s",
		list->items[start].line, STR_ARG(o->d->components[start].name),
		buf_ok(&way) ? (int)way.n : 0, buf_str(&way).p);
	return err_hint(e,
		"take one of them out of its `needs`, or make a component of its own of what both need");
}

/* One component a round, the first that can be built: so those without needs stay as they stand. */
static bool place_all(struct order *o, const struct json *list, struct err *e)
{
	while (o->n < o->d->n_components) {
		size_t i = 0;

		while (i < o->d->n_components &&
			(o->placed[i] || first_open(o, i) < o->d->n_components))
			i++;
		if (i == o->d->n_components)
			return tell_circle(o, list, e);
		o->placed[i] = true;
		o->to[o->n++] = i;
	}
	return true;
}

bool description_needs(
	struct description *d, const struct json *list, struct arena *a, struct err *e)
{
	CLEANUP(map_freep) struct map *by_name = map_new();
	CLEANUP(mem_free) bool *placed = mem_array(d->n_components, sizeof *placed);
	struct order o = { .d = d, .by_name = by_name, .placed = placed };

	o.to = ARENA_ARRAY(a, d->n_components + 1, size_t);
	if (!o.to)
		return arena_full(a, e);
	for (size_t i = 0; i < d->n_components; i++)
		map_add(by_name, d->components[i].name, (void *)(uintptr_t)&d->components[i]);
	if (!check_names(&o, list, e) || !place_all(&o, list, e))
		return false;
	d->build_order = o.to;
	return true;
}
