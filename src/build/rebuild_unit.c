#include "build/rebuild_unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

struct str rebuild_unit_no_epoch(struct str version)
{
	struct str epoch, rest;

	return str_cut(version, ':', &epoch, &rest) ? rest : version;
}

struct str rebuild_unit_upstream(struct str version)
{
	struct str v = rebuild_unit_no_epoch(version);

	for (size_t n = v.n; n > 0; n--)
		if (v.p[n - 1] == '-')
			return str_make(v.p, n - 1);
	return v;
}

/* "+b12" at the end of a version, unless the source has it, too. */
static struct str binnmu_of(const struct lock_package *p)
{
	struct str v = p->version;
	size_t at = v.n;

	while (at && v.p[at - 1] >= '0' && v.p[at - 1] <= '9')
		at--;
	if (at == v.n || at < 2 || v.p[at - 1] != 'b' || v.p[at - 2] != '+')
		return str_make(v.p, 0);
	v = str_make(v.p + at - 2, v.n - at + 2);
	if (p->source_version.n >= v.n &&
		memcmp(p->source_version.p + p->source_version.n - v.n, v.p, v.n) == 0)
		return str_make(v.p, 0);
	return v;
}

static bool is_all(const struct lock_package *p)
{
	return str_is(p->architecture, "all");
}

static int compare(const void *x, const void *y)
{
	const struct lock_package *a = *(const struct lock_package *const *)x,
				  *b = *(const struct lock_package *const *)y;
	int c = str_compare(a->source, b->source);

	c = c ? c : str_compare(a->source_version, b->source_version);
	c = c ? c : str_compare(binnmu_of(a), binnmu_of(b));
	c = c ? c : (int)is_all(a) - (int)is_all(b);
	return c ? c : str_compare(a->name, b->name);
}

static bool belongs(const struct rebuild_unit *u, const struct lock_package *p)
{
	return str_equal(u->source, p->source) && str_equal(u->source_version, p->source_version) &&
	       str_equal(u->binnmu, binnmu_of(p)) && u->all == is_all(p);
}

static bool fill(struct rebuild_unit *u, const struct lock_package **packages, struct arena *a,
	struct err *e)
{
	const struct lock_package *p = packages[0];
	struct str no_epoch = rebuild_unit_no_epoch(p->source_version);

	*u = (struct rebuild_unit){ .source = p->source,
		.source_version = p->source_version,
		.binnmu = binnmu_of(p),
		.all = is_all(p),
		.packages = packages };
	u->version = arena_printf(a, "%.*s%.*s", STR_ARG(u->source_version), STR_ARG(u->binnmu));
	u->name = arena_printf(a, "%.*s_%.*s%.*s_%s", STR_ARG(u->source), STR_ARG(no_epoch),
		STR_ARG(u->binnmu), u->all ? "all" : "amd64");
	return (u->version.p && u->name.p) || arena_full(a, e);
}

static bool not_found(const struct lock *l, struct str name, struct err *e)
{
	err_set(e, ERR_NOTFOUND, "the lock has no package '%.*s'", STR_ARG(name));
	for (size_t i = 0; i < l->n_packages; i++)
		if (str_equal(l->packages[i].source, name))
			return err_hint(e,
				"that is the name of a source package: name what is built of it, such as '%.*s'",
				STR_ARG(l->packages[i].name));
	return err_hint(e, "assay lock why NAME says what is in a lock");
}

static bool choose_named(const struct lock_package **ret, size_t *n, const struct lock *l,
	struct str_list names, struct err *e)
{
	for (size_t i = 0; i < names.n; i++) {
		const struct lock_package *p = lock_package_find(l, names.items[i]);

		if (!p)
			return not_found(l, names.items[i], e);
		ret[(*n)++] = p;
	}
	return true;
}

static bool choose(const struct lock_package **ret, size_t *n, const struct lock *l,
	const char *set, struct str_list names, struct err *e)
{
	const struct lock_set *s = lock_set_find(l, set);

	if (names.n)
		return choose_named(ret, n, l, names, e);
	if (!s)
		return err_set(e, ERR_NOTFOUND, "the lock has no set of packages '%s'", set);
	for (size_t i = 0; i < s->n; i++)
		ret[(*n)++] = &l->packages[s->packages[i]];
	return true;
}

bool rebuild_unit_list(struct rebuild_unit **ret, size_t *n_ret, const struct lock *l,
	const char *set, struct str_list names, struct arena *a, struct err *e)
{
	size_t room = names.n + l->n_packages + 1, n = 0, n_units = 0, kept = 0;
	const struct lock_package **list = ARENA_ARRAY(a, room, const struct lock_package *);
	struct rebuild_unit *units = ARENA_ARRAY(a, room, struct rebuild_unit);

	if (!list || !units)
		return arena_full(a, e);
	if (!choose(list, &n, l, set, names, e))
		return false;
	qsort(list, n, sizeof(*list), compare);
	for (size_t i = 0; i < n; i++)
		if (!kept || list[kept - 1] != list[i])
			list[kept++] = list[i];
	for (size_t i = 0; i < kept; i++) {
		if ((!n_units || !belongs(&units[n_units - 1], list[i])) &&
			!fill(&units[n_units++], &list[i], a, e))
			return false;
		units[n_units - 1].n++;
	}
	*ret = units;
	*n_ret = n_units;
	return true;
}
