#include "build/configure_order.h"

#include "base/map.h"
#include "base/mem.h"
#include "deb/control.h"
#include "base/banned.h"

static const size_t none = SIZE_MAX;

/* Who has a name: a list through entries of one package after the other. */
struct provider {
	size_t package;
	struct provider *next;
};

struct ordering {
	const struct configure_order_item *items;
	struct control_stanza *stanzas;
	size_t n;
	struct map *providers; /* name -> first struct provider */
	struct arena *a;
	size_t *batch;  /* none: not unpacked yet */
	size_t *before; /* none: not configured yet */
	bool *seen;     /* of one walk */
};

/* The name in front of a version, an architecture or its qualifier: "libc6:any (>= 2.3) [amd64]". */
static struct str bare_name(struct str dependency)
{
	size_t n = 0;

	dependency = str_trim(dependency);
	while (n < dependency.n && !strchr(" \t\n:([<", dependency.p[n]))
		n++;
	return str_make(dependency.p, n);
}

static bool provide(struct ordering *o, struct str name, size_t package, struct err *e)
{
	struct provider *p = ARENA_NEW(o->a, struct provider), *first = map_get(o->providers, name);

	if (!p)
		return arena_full(o->a, e);
	p->package = package;
	if (first) {
		p->next = first->next;
		first->next = p;
	} else if (name.n) {
		map_add(o->providers, name, p);
	}
	return true;
}

/* Real names first, so that they stand before what others provide. */
static bool read_names(struct ordering *o, struct err *e)
{
	struct str item, rest;

	for (size_t i = 0; i < o->n; i++)
		if (!provide(o, o->items[i].name, i, e))
			return false;
	for (size_t i = 0; i < o->n; i++)
		for (rest = control_field(&o->stanzas[i], "Provides"); rest.n;) {
			(void)str_cut(rest, ',', &item, &rest);
			if (!provide(o, bare_name(item), i, e))
				return false;
		}
	return true;
}

static const struct provider *find(const struct ordering *o, struct str alternatives)
{
	struct str item;

	while (alternatives.n) {
		const struct provider *p;

		(void)str_cut(alternatives, '|', &item, &alternatives);
		p = map_get(o->providers, bare_name(item));
		if (p)
			return p;
	}
	return NULL;
}

static void reach(struct ordering *o, size_t package);

/* Walks to all that the field of a package asks for. */
static void reach_field(struct ordering *o, size_t package, const char *field)
{
	struct str rest = control_field(&o->stanzas[package], field), group;

	while (rest.n) {
		(void)str_cut(rest, ',', &group, &rest);
		for (const struct provider *p = find(o, group); p; p = p->next)
			reach(o, p->package);
	}
}

/* What is configured is so with all that it needs. */
static void reach(struct ordering *o, size_t package)
{
	if (o->seen[package] || o->before[package] != none)
		return;
	o->seen[package] = true;
	reach_field(o, package, "Pre-Depends");
	reach_field(o, package, "Depends");
}

static void forget_seen(struct ordering *o)
{
	memset(o->seen, 0, o->n * sizeof *o->seen);
}

static bool first_batch(struct ordering *o, struct err *e)
{
	const struct provider *dpkg = map_get(o->providers, STR("dpkg"));

	if (!dpkg) {
		err_set(e, ERR_NOTFOUND,
			"configure: scripts needs dpkg, and no package of the image is it");
		return err_hint(e, "add dpkg to packages:, or take it out of leave-out:");
	}
	for (size_t i = 0; i < o->n; i++)
		if (str_is(control_field(&o->stanzas[i], "Essential"), "yes"))
			reach(o, i);
	reach(o, dpkg->package);
	for (size_t i = 0; i < o->n; i++)
		if (o->seen[i]) {
			o->batch[i] = 0;
			o->before[i] = 1;
		}
	forget_seen(o);
	return true;
}

/* May it be unpacked when what is unpacked now is configured? Adds to needed what must be. */
static bool is_ready(struct ordering *o, size_t package, bool *needed)
{
	bool ready = true;

	reach_field(o, package, "Pre-Depends");
	for (size_t i = 0; i < o->n; i++)
		ready = ready && (!o->seen[i] || o->batch[i] != none);
	for (size_t i = 0; ready && i < o->n; i++)
		needed[i] |= o->seen[i];
	forget_seen(o);
	return ready;
}

/* False when nothing was left for it. */
static bool next_batch(struct ordering *o, size_t batch)
{
	CLEANUP(mem_free) bool *ready = mem_array(o->n, sizeof *ready);
	CLEANUP(mem_free) bool *needed = mem_array(o->n, sizeof *needed);
	size_t n_ready = 0, n_left = 0;

	for (size_t i = 0; i < o->n; i++) {
		if (o->batch[i] != none)
			continue;
		n_left++;
		ready[i] = is_ready(o, i, needed);
		n_ready += ready[i];
	}
	for (size_t i = 0; i < o->n; i++) {
		if (needed[i])
			o->before[i] = batch;
		if (o->batch[i] == none && (ready[i] || n_ready == 0))
			o->batch[i] = batch;
	}
	return n_left > 0;
}

static bool make(struct ordering *o, struct configure_order *ret, struct err *e)
{
	size_t n_batches = 1;

	if (!read_names(o, e) || !first_batch(o, e))
		return false;
	while (next_batch(o, n_batches))
		n_batches++;
	for (size_t i = 0; i < o->n; i++)
		if (o->before[i] == none)
			o->before[i] = n_batches;
	*ret = (struct configure_order){ o->batch, o->before, n_batches };
	return true;
}

bool configure_order_make(struct configure_order *ret, const struct configure_order_item *items,
	size_t n, struct arena *a, struct err *e)
{
	CLEANUP(map_freep) struct map *providers = map_new();
	CLEANUP(mem_free) struct control_stanza *stanzas = mem_array(n, sizeof *stanzas);
	CLEANUP(mem_free) bool *seen = mem_array(n, sizeof *seen);
	struct ordering o = { .items = items,
		.stanzas = stanzas,
		.n = n,
		.providers = providers,
		.a = a,
		.batch = ARENA_ARRAY(a, n, size_t),
		.before = ARENA_ARRAY(a, n, size_t),
		.seen = seen };

	if (!o.batch || !o.before)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++) {
		o.batch[i] = o.before[i] = none;
		if (!control_one(&stanzas[i], items[i].control, e))
			return err_wrap(e, "package '%.*s'", STR_ARG(items[i].name));
	}
	return make(&o, ret, e);
}
