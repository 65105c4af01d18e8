#include "lock/lock_make.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deb/control.h"
#include "lock/lock_index.h"
#include "lock/lock_sources.h"
#include "lock/packages_text.h"
#include "lock/resolve.h"
#include "lock/stanza.h"
#include "base/banned.h"

struct making {
	const struct description *d;
	const struct archive_access *q;
	struct arena *a;
	struct err *e;
	struct lock *l;
	struct lock_suite *suites;
	struct lock_index *indexes;
	struct release *releases;       /* one a suite */
	struct resolve_result *results; /* one a set, in the order of l->sets */
	struct lock_set *sets;
};

static int compare_requests(const void *a, const void *b)
{
	const struct suite_request *x = a, *y = b;
	int c = str_compare(x->archive, y->archive);

	return c ? c : str_compare(x->suite, y->suite);
}

static const struct lock_suite *find_suite(const struct lock *l, const struct suite_request *s)
{
	for (size_t i = 0; l && i < l->n_suites; i++)
		if (str_equal(l->suites[i].archive, s->archive) &&
			str_equal(l->suites[i].suite, s->suite))
			return &l->suites[i];
	return NULL;
}

static bool take_suite(struct making *m, size_t i, const struct suite_request *s,
	const struct lock_suite *before, int64_t now_unix)
{
	struct release *release = &m->releases[i];

	if (!archive_take_release(m->q, s, before, now_unix, m->a, &m->suites[i], release, m->e))
		return false;
	for (size_t c = 0; c < s->components.n; c++) {
		struct lock_index *x = &m->indexes[m->l->n_indexes];

		if (!archive_take_index(
			    m->q, &m->suites[i], release, s->components.items[c], m->a, x, m->e))
			return false;
		x->suite = i;
		m->l->n_indexes++;
	}
	return true;
}

static bool take_suites(struct making *m, const struct lock *previous, int64_t now_unix)
{
	size_t n = m->d->n_suites, n_indexes = 0;
	CLEANUP(mem_free) struct suite_request *sorted = mem_array(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++) {
		sorted[i] = m->d->suites[i];
		n_indexes += sorted[i].components.n;
	}
	qsort(sorted, n, sizeof *sorted, compare_requests);
	m->suites = ARENA_ARRAY(m->a, n, struct lock_suite);
	m->indexes = ARENA_ARRAY(m->a, n_indexes, struct lock_index);
	m->releases = ARENA_ARRAY(m->a, n, struct release);
	if (!m->suites || !m->indexes || !m->releases)
		return arena_full(m->a, m->e);
	for (size_t i = 0; i < n; i++)
		if (!take_suite(m, i, &sorted[i], find_suite(previous, &sorted[i]), now_unix))
			return false;
	qsort(m->indexes, m->l->n_indexes, sizeof *m->indexes, lock_index_compare);
	m->l->suites = m->suites;
	m->l->n_suites = n;
	m->l->indexes = m->indexes;
	return true;
}

static int compare_sets(const void *a, const void *b)
{
	return str_compare(((const struct lock_set *)a)->name, ((const struct lock_set *)b)->name);
}

/* The sets by name: "firmware" and "image" where there is one, and one for each toolchain. */
static bool name_sets(struct making *m)
{
	const struct description *d = m->d;
	struct lock_set *sets = ARENA_ARRAY(m->a, d->n_toolchains + 2, struct lock_set);
	size_t n = 0;

	if (!sets)
		return arena_full(m->a, m->e);
	if (d->firmware_packages.n)
		sets[n++].name = STR("firmware");
	if (d->packages.n)
		sets[n++].name = STR("image");
	for (size_t i = 0; i < d->n_toolchains; i++) {
		sets[n].name = arena_printf(m->a, "toolchain:%.*s", STR_ARG(d->toolchains[i].name));
		if (!sets[n++].name.p)
			return arena_full(m->a, m->e);
	}
	qsort(sets, n, sizeof *sets, compare_sets);
	m->results = ARENA_ARRAY(m->a, n, struct resolve_result);
	m->sets = sets;
	m->l->sets = sets;
	m->l->n_sets = n;
	return m->results ? true : arena_full(m->a, m->e);
}

static bool resolve_set(
	struct making *m, struct resolve *r, struct str name, struct resolve_result *ret)
{
	const struct description *d = m->d;
	struct str kind, toolchain;

	if (str_is(name, "firmware"))
		return resolve_alone(r, d->firmware_packages, m->a, ret, m->e);
	if (str_is(name, "image")) {
		if (!resolve_closure(r, d->packages, d->leave_out, m->a, ret, m->e))
			return false;
		m->l->left_out = ret->left_out;
		return true;
	}
	str_cut(name, ':', &kind, &toolchain);
	for (size_t i = 0; i < d->n_toolchains; i++)
		if (str_equal(d->toolchains[i].name, toolchain))
			return resolve_closure(r, d->toolchains[i].packages, (struct str_list){ 0 },
				m->a, ret, m->e);
	return err_set(m->e, ERR_INTERNAL, "no toolchain '%.*s'", STR_ARG(toolchain));
}

/* One choice of one set, while equal ones of all sets are brought together. */
struct member {
	const struct resolve_choice *choice;
	size_t set;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = str_compare(x->choice->name, y->choice->name);

	c = c ? c : str_compare(x->choice->version, y->choice->version);
	return c ? c : (x->set > y->set) - (x->set < y->set);
}

/* A package that somebody asked for says so even where another set merely needs it. */
static unsigned rank_of(struct str why)
{
	return str_is(why, "seed") ? 0 : str_is(why, "essential") ? 1 : 2;
}

static bool better_reason(struct str a, struct str b)
{
	unsigned x = rank_of(a), y = rank_of(b);

	return x != y ? x < y : str_compare(a, b) < 0;
}

/* The arena's copies of what still borrows an index. */
static bool keep_strings(struct lock_package *p, struct arena *a, struct err *e)
{
	struct str *const strings[] = { &p->name, &p->version, &p->architecture, &p->path,
		&p->source, &p->source_version, &p->why };

	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		*strings[i] = arena_str(a, *strings[i]);
		if (!strings[i]->p)
			return arena_full(a, e);
	}
	return true;
}

static bool make_package(struct making *m, const struct member *k, struct lock_package *p)
{
	struct control_stanza stanza;

	if (!control_one(&stanza, str_span(k->choice->stanza), m->e) ||
		!stanza_package(p, &stanza, m->e))
		return err_wrap(m->e, "stanza of package '%.*s'", STR_ARG(k->choice->name));
	p->index = k->choice->index;
	p->why = k->choice->why;
	return keep_strings(p, m->a, m->e);
}

static bool same_package(const struct member *a, const struct member *b)
{
	return str_equal(a->choice->name, b->choice->name) &&
	       str_equal(a->choice->version, b->choice->version);
}

/* members are sorted; each package takes one place, each set the places of its members. */
static bool merge(struct making *m, const struct member *members, size_t n)
{
	struct lock_package *list = ARENA_ARRAY(m->a, n, struct lock_package);
	uint32_t *places = ARENA_ARRAY(m->a, n * m->l->n_sets, uint32_t);
	size_t used = 0;

	if (!list || !places)
		return arena_full(m->a, m->e);
	for (size_t s = 0; s < m->l->n_sets; s++)
		m->sets[s].packages = places + s * n;
	for (size_t i = 0; i < n; i++) {
		struct lock_set *set = &m->sets[members[i].set];

		if (i && same_package(&members[i - 1], &members[i])) {
			if (better_reason(members[i].choice->why, list[used - 1].why))
				list[used - 1].why = arena_str(m->a, members[i].choice->why);
			if (!list[used - 1].why.p)
				return arena_full(m->a, m->e);
		} else if (!make_package(m, &members[i], &list[used++])) {
			return false;
		}
		places[members[i].set * n + set->n++] = (uint32_t)(used - 1);
	}
	m->l->packages = list;
	m->l->n_packages = used;
	return true;
}

static bool resolve_sets(struct making *m, struct resolve *r)
{
	CLEANUP(mem_free) struct member *members = NULL;
	size_t n = 0;

	for (size_t s = 0; s < m->l->n_sets; s++) {
		struct resolve_result *res = &m->results[s];

		if (!resolve_set(m, r, m->sets[s].name, res))
			return err_wrap(m->e, "resolving '%.*s'", STR_ARG(m->sets[s].name));
		members = mem_grow(members, n + res->n, sizeof *members);
		for (size_t i = 0; i < res->n; i++)
			members[n++] = (struct member){ &res->items[i], s };
	}
	if (n > LOCK_PACKAGES_MAX)
		return err_set(m->e, ERR_LIMIT, "%zu packages, limit %d", n, LOCK_PACKAGES_MAX);
	qsort(members, n, sizeof *members, compare_members);
	return merge(m, members, n);
}

static bool resolve_indexes(struct making *m)
{
	size_t n = m->l->n_indexes;
	CLEANUP(mem_free) struct buf *texts = mem_array(n, sizeof *texts);
	CLEANUP(mem_free) struct span *spans = mem_array(n, sizeof *spans);
	CLEANUP(resolve_freep) struct resolve *r = NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		ok = packages_text_read(m->q->store, m->indexes[i].sha256, &texts[i], m->e);
		spans[i] = buf_span(&texts[i]);
		if (!ok)
			err_wrap(m->e, "'%.*s' of suite '%.*s'", STR_ARG(m->indexes[i].path),
				STR_ARG(m->suites[m->indexes[i].suite].suite));
	}
	ok = ok && resolve_new(&r, spans, n, m->e) && resolve_sets(m, r);
	for (size_t i = 0; i < n; i++)
		buf_done(&texts[i]);
	return ok;
}

static int64_t newest_date(const struct lock *l)
{
	int64_t newest = 0;

	for (size_t i = 0; i < l->n_suites; i++)
		if (l->suites[i].date_unix > newest)
			newest = l->suites[i].date_unix;
	return newest;
}

bool lock_make(struct lock *ret, const struct description *d, const struct lock *previous,
	const struct archive_access *q, int64_t now_unix, struct arena *a, struct err *e)
{
	struct lock l = { .image_version = LOCK_IMAGE_VERSION, .architecture = STR("amd64") };
	struct making m = { .d = d, .q = q, .a = a, .e = e, .l = &l };

	lock_resolution_digest(d, l.resolution_sha256);
	if (!take_suites(&m, previous, now_unix) || !name_sets(&m) || !resolve_indexes(&m) ||
		!lock_sources_make(&l, d, m.releases, q, a, e))
		return false;
	l.source_date_epoch = d->source_date_epoch ? d->source_date_epoch : newest_date(&l);
	*ret = l;
	return true;
}
