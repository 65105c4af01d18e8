/* From what the solver chose to names, stanzas and reasons. */
#include <stdlib.h>

#include "base/mem.h"
#include "deb/control.h"
#include "lock/resolve_inside.h"
#include "base/banned.h"

struct pick {
	struct resolve_choice choice;
	Id id;
};

struct picks {
	const struct resolve *r;
	struct arena *a;
	struct pick *items;
	size_t n;
};

static int compare_picks(const void *a, const void *b)
{
	const struct resolve_choice *x = a, *y = b;
	int c = str_compare(x->name, y->name);

	return c ? c : str_compare(x->version, y->version);
}

/* The same package may stand in several indexes: the first one's stanza is used. */
static Id first_equal(const struct resolve *r, Id p)
{
	const Solvable *s = r->pool->solvables;

	for (const Id *q = pool_whatprovides_ptr(r->pool, s[p].name); *q; q++)
		if (*q < p && s[*q].name == s[p].name && s[*q].evr == s[p].evr &&
			s[*q].arch == s[p].arch)
			p = *q;
	return p;
}

/* libsolv's reading of the stanza is held against ours. */
static bool make_choice(const struct resolve *r, Id p, struct resolve_choice *ret, struct err *e)
{
	const Solvable *s = &r->pool->solvables[p];
	struct control_stanza stanza;

	ret->stanza = resolve_stanza(r, p, &ret->index);
	if (!control_one(&stanza, str_span(ret->stanza), e) ||
		!control_need(&stanza, "Package", &ret->name, e) ||
		!control_need(&stanza, "Version", &ret->version, e))
		return err_wrap(e, "stanza of package '%s'", pool_id2str(r->pool, s->name));
	if (!str_is(ret->name, pool_id2str(r->pool, s->name)) ||
		!str_is(ret->version, pool_id2str(r->pool, s->evr)))
		return err_set(e, ERR_FORMAT, "the stanza of package '%s' reads as '%.*s'",
			pool_id2str(r->pool, s->name), STR_ARG(ret->name));
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Separates what was chosen into packages and names that are left out. */
static bool part(struct picks *k, const Queue *chosen, struct str_list globs,
	struct str_list *left_out, struct err *e)
{
	struct str *names = ARENA_ARRAY(k->a, (size_t)chosen->count, struct str);
	size_t n = 0;

	if (!names)
		return arena_full(k->a, e);
	for (int i = 0; i < chosen->count; i++) {
		Id p = first_equal(k->r, chosen->elements[i]);
		struct str name = resolve_name(k->r, p);

		if (resolve_hollow_matches(name, globs)) {
			names[n] = arena_str(k->a, name);
			if (!names[n++].p)
				return arena_full(k->a, e);
			continue;
		}
		k->items[k->n].id = p;
		if (!make_choice(k->r, p, &k->items[k->n++].choice, e))
			return false;
	}
	qsort(names, n, sizeof *names, compare_names);
	*left_out = (struct str_list){ names, n };
	return true;
}

static bool contains(const Queue *q, Id id)
{
	for (int i = 0; i < q->count; i++)
		if (q->elements[i] == id)
			return true;
	return false;
}

/* Everything that satisfies a dependency of a pick, and has no reason yet, is there because of it. */
static bool reason_of_needed(
	struct picks *k, const struct pick *by, const uint32_t *place, Queue *deps, struct err *e)
{
	struct str why = arena_printf(k->a, "dependency of %.*s", STR_ARG(by->choice.name));

	if (!why.p)
		return arena_full(k->a, e);
	queue_empty(deps);
	solvable_lookup_deparray(&k->r->pool->solvables[by->id], SOLVABLE_REQUIRES, deps, 0);
	for (int i = 0; i < deps->count; i++) {
		if (deps->elements[i] == SOLVABLE_PREREQMARKER)
			continue;
		for (const Id *q = pool_whatprovides_ptr(k->r->pool, deps->elements[i]); *q; q++) {
			struct pick *needed = place[*q] ? &k->items[place[*q] - 1] : NULL;

			if (needed && needed != by && !needed->choice.why.p)
				needed->choice.why = why;
		}
	}
	return true;
}

/* Seeds and Essential first, then by the name of what depends on them, so that the first by name wins. */
static bool give_reasons(struct picks *k, const Queue *seeds, struct err *e)
{
	CLEANUP(mem_free)
	uint32_t *place = mem_array((size_t)k->r->pool->nsolvables, sizeof *place);
	const Solvable *s = k->r->pool->solvables;
	Queue deps;
	bool ok = true;

	for (size_t i = 0; i < k->n; i++) {
		struct pick *p = &k->items[i];

		place[p->id] = (uint32_t)i + 1;
		if (contains(seeds, s[p->id].name))
			p->choice.why = STR("seed");
		else if (contains(&k->r->essential, s[p->id].name))
			p->choice.why = STR("essential");
	}
	queue_init(&deps);
	for (size_t i = 0; ok && i < k->n; i++)
		ok = reason_of_needed(k, &k->items[i], place, &deps, e);
	queue_free(&deps);
	return ok;
}

bool resolve_result_make(const struct resolve *r, const Queue *chosen, const Queue *seeds,
	struct str_list globs, struct arena *a, struct resolve_result *ret, struct err *e)
{
	size_t n = (size_t)chosen->count;
	CLEANUP(mem_free) struct pick *items = mem_array(n, sizeof *items);
	struct picks k = { r, a, items, 0 };
	struct resolve_choice *list = ARENA_ARRAY(a, n, struct resolve_choice);
	struct str_list left_out;

	if (!list)
		return arena_full(a, e);
	if (!part(&k, chosen, globs, &left_out, e))
		return false;
	qsort(items, k.n, sizeof *items, compare_picks);
	if (!give_reasons(&k, seeds, e))
		return false;
	for (size_t i = 0; i < k.n; i++) {
		if (!items[i].choice.why.p)
			return err_set(e, ERR_INTERNAL, "the solver took '%.*s' without a reason",
				STR_ARG(items[i].choice.name));
		list[i] = items[i].choice;
	}
	*ret = (struct resolve_result){ list, k.n, left_out };
	return true;
}
