#include "lock/lock_change.h"

#include <stdlib.h>

#include "base/banned.h"

struct walk {
	const struct lock *before, *after;
	struct lock_change *items;
	size_t n;
	struct arena *a;
};

/* Positions are sorted. */
static bool is_in(const struct lock *l, const struct lock_set *set, const struct lock_package *p)
{
	size_t low = 0, high = set && p ? set->n : 0, at = p ? (size_t)(p - l->packages) : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->packages[middle] == at)
			return true;
		if (set->packages[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* The set of this lock of that name, or NULL. */
static const struct lock_set *set_of(const struct lock *l, struct str name)
{
	for (size_t i = 0; i < l->n_sets; i++)
		if (str_equal(l->sets[i].name, name))
			return &l->sets[i];
	return NULL;
}

static bool in_set(const struct lock *l, struct str name, const struct lock_package *p)
{
	return is_in(l, set_of(l, name), p);
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/*
 * Sets that have either; with `moved` only those that have just one of the two. Names of `after` first, then those that
 * only `before` has.
 */
static bool find_sets(struct str_list *ret, const struct walk *w, const struct lock_package *b,
	const struct lock_package *n, bool moved, struct err *e)
{
	const struct lock *locks[] = { w->after, w->before };
	struct str *names = ARENA_ARRAY(w->a, w->before->n_sets + w->after->n_sets, struct str);
	size_t count = 0;

	if (!names)
		return arena_full(w->a, e);
	for (size_t l = 0; l < ARRAY_LEN(locks); l++)
		for (size_t i = 0; i < locks[l]->n_sets; i++) {
			struct str name = locks[l]->sets[i].name;
			bool was = in_set(w->before, name, b), is = in_set(w->after, name, n);

			if (l && set_of(w->after, name))
				continue;
			if (moved ? was != is : was || is)
				names[count++] = name;
		}
	qsort(names, count, sizeof *names, compare_names);
	*ret = (struct str_list){ names, count };
	return true;
}

static bool add(struct walk *w, enum lock_change_kind kind, const struct lock_package *before,
	const struct lock_package *after, struct err *e)
{
	struct lock_change c = { .kind = kind, .before = before, .after = after };

	if (!find_sets(&c.sets, w, before, after, kind == LOCK_CHANGE_MOVED, e))
		return false;
	if (kind != LOCK_CHANGE_MOVED || c.sets.n)
		w->items[w->n++] = c;
	return true;
}

static int compare(const struct lock_package *a, const struct lock_package *b)
{
	int c = str_compare(a->name, b->name);

	return c ? c : str_compare(a->version, b->version);
}

/* The lock has p, too, right behind the i-th: several versions of one package stand there. */
static bool is_next(const struct lock *l, size_t i, const struct lock_package *p)
{
	return i + 1 < l->n_packages && compare(&l->packages[i + 1], p) == 0;
}

/* One step of the walk through both sorted lists; *i and *k go on behind what was told. */
static bool step(struct walk *w, size_t *i, size_t *k, struct err *e)
{
	const struct lock_package *a = *i < w->before->n_packages ? &w->before->packages[*i] : NULL;
	const struct lock_package *b = *k < w->after->n_packages ? &w->after->packages[*k] : NULL;
	int c = !a ? 1 : !b ? -1 : compare(a, b);

	*i += c == 0;
	*k += c == 0;
	if (c == 0)
		return add(w,
			memcmp(a->sha256, b->sha256, SHA256_SIZE) ? LOCK_CHANGE_REPLACED
								  : LOCK_CHANGE_MOVED,
			a, b, e);
	if (a && b && str_equal(a->name, b->name) &&
		!(c < 0 ? is_next(w->before, *i, b) : is_next(w->after, *k, a))) {
		*i += 1;
		*k += 1;
		return add(w, LOCK_CHANGE_REPLACED, a, b, e);
	}
	*i += c < 0;
	*k += c > 0;
	return add(w, c < 0 ? LOCK_CHANGE_REMOVED : LOCK_CHANGE_ADDED, c < 0 ? a : NULL,
		c < 0 ? NULL : b, e);
}

bool lock_changes(struct lock_change_list *ret, const struct lock *before, const struct lock *after,
	struct arena *a, struct err *e)
{
	struct walk w = { before, after, NULL, 0, a };
	size_t i = 0, k = 0;

	w.items = ARENA_ARRAY(a, before->n_packages + after->n_packages, struct lock_change);
	if (!w.items)
		return arena_full(a, e);
	while (i < before->n_packages || k < after->n_packages)
		if (!step(&w, &i, &k, e))
			return false;
	*ret = (struct lock_change_list){ w.items, w.n };
	return true;
}

const char *lock_change_name(enum lock_change_kind kind)
{
	static const char *const names[] = { [LOCK_CHANGE_ADDED] = "added",
		[LOCK_CHANGE_REMOVED] = "removed",
		[LOCK_CHANGE_REPLACED] = "replaced",
		[LOCK_CHANGE_MOVED] = "moved" };

	return names[kind];
}
