#include "lock/why.h"

#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"
#include "deb/control.h"
#include "base/banned.h"

enum { FIELDS = 2, NAME_MAX_ROOM = 512 };
#define NEEDED_BY "dependency of "

static const char *const fields[FIELDS] = { "Pre-Depends", "Depends" };

/* What an index says of a package of the lock. */
struct stanza {
	struct str needs[FIELDS], provides;
	bool essential;
};

/* The packages of a set that answer to a name: their own, or one that they provide. */
struct answer {
	size_t package;
	struct answer *next;
};

struct step_to {
	bool reached;
	size_t from; /* of the packages; itself for a beginning */
	const char *begin;
	struct str field, dependency;
};

/* One set, searched breadth first. */
struct search {
	const struct lock *l;
	const struct lock_set *set;
	const struct stanza *stanzas;
	struct map *names; /* to the first struct answer */
	struct step_to *steps;
	size_t *queue, n_queue;
	struct arena *a;
};

/* ---- what the indexes say ---- */

static struct str key_of(char *room, struct str name, struct str version)
{
	int n = snprintf(room, NAME_MAX_ROOM, "%.*s %.*s", STR_ARG(name), STR_ARG(version));

	return str_make(room, n > 0 && n < NAME_MAX_ROOM ? (size_t)n : 0);
}

static void take(struct stanza *to, const struct control_stanza *s)
{
	for (size_t i = 0; i < FIELDS; i++)
		to->needs[i] = control_field(s, fields[i]);
	to->provides = control_field(s, "Provides");
	to->essential = str_is(control_field(s, "Essential"), "yes");
}

static bool read_index(struct stanza *stanzas, const struct lock *l, size_t index, struct span text,
	const struct map *wanted, struct err *e)
{
	struct control_reader r;
	struct control_stanza s;
	bool found = true;

	control_init(&r, text);
	while (found) {
		char room[NAME_MAX_ROOM];
		const struct lock_package *p;

		if (!control_next(&r, &s, &found, e))
			return false;
		if (!found)
			break;
		p = map_get(wanted,
			key_of(room, control_field(&s, "Package"), control_field(&s, "Version")));
		if (p && p->index == index)
			take(&stanzas[p - l->packages], &s);
	}
	return true;
}

/* map values are not const; nothing is written through them. */
static void *as_value(const struct lock_package *p)
{
	return (char *)(uintptr_t)p;
}

static bool read_indexes(struct stanza *stanzas, const struct lock *l, const struct span *texts,
	struct arena *a, struct err *e)
{
	CLEANUP(map_freep) struct map *wanted = map_new();

	for (size_t i = 0; i < l->n_packages; i++) {
		char room[NAME_MAX_ROOM];
		struct str key = arena_str(
			a, key_of(room, l->packages[i].name, l->packages[i].version));

		if (!key.p)
			return arena_full(a, e);
		map_add(wanted, key, as_value(&l->packages[i]));
	}
	for (size_t i = 0; i < l->n_indexes; i++)
		if (texts[i].n && !read_index(stanzas, l, i, texts[i], wanted, e))
			return err_wrap(e, "index '%.*s'", STR_ARG(l->indexes[i].path));
	return true;
}

/* ---- the search through one set ---- */

/* The name of "libc6:any (>= 2.41) [amd64]". */
static struct str name_of(struct str alternative)
{
	struct str s = str_trim(alternative);
	size_t n = 0;

	while (n < s.n && !memchr(" \t\n(:[<", s.p[n], 8))
		n++;
	return str_make(s.p, n);
}

static bool answers_to(struct search *s, struct str name, size_t package, struct err *e)
{
	struct answer *x = ARENA_NEW(s->a, struct answer), *last;

	if (!x)
		return arena_full(s->a, e);
	x->package = package;
	last = map_add(s->names, name, x);
	while (last && last->next)
		last = last->next;
	if (last)
		last->next = x;
	return true;
}

static bool name_set(struct search *s, struct err *e)
{
	for (size_t i = 0; i < s->set->n; i++)
		if (!answers_to(
			    s, s->l->packages[s->set->packages[i]].name, s->set->packages[i], e))
			return false;
	for (size_t i = 0; i < s->set->n; i++) {
		struct str one, rest = s->stanzas[s->set->packages[i]].provides;

		while (rest.n) {
			(void)str_cut(rest, ',', &one, &rest);
			if (!answers_to(s, name_of(one), s->set->packages[i], e))
				return false;
		}
	}
	return true;
}

static void reach(struct search *s, size_t package, const struct step_to *how)
{
	if (s->steps[package].reached)
		return;
	s->steps[package] = *how;
	s->steps[package].reached = true;
	s->queue[s->n_queue++] = package;
}

/* Who answers to one of "a | b" of a package. */
static void follow(struct search *s, size_t from, const char *field, struct str dependency)
{
	struct step_to how = {
		.from = from, .field = str_of(field), .dependency = str_trim(dependency)
	};
	struct str one, rest = dependency;

	while (rest.n) {
		(void)str_cut(rest, '|', &one, &rest);
		for (const struct answer *x = map_get(s->names, name_of(one)); x; x = x->next)
			reach(s, x->package, &how);
	}
}

static bool has(struct str_list l, struct str word)
{
	for (size_t i = 0; i < l.n; i++)
		if (str_equal(l.items[i], word))
			return true;
	return false;
}

/* What the description asks for in a set. */
static struct str_list seeds_of(const struct description *d, struct str set)
{
	if (str_is(set, "image"))
		return d->packages;
	if (str_is(set, "firmware"))
		return d->firmware_packages;
	for (size_t i = 0; i < d->n_toolchains; i++)
		if (str_starts(set, "toolchain:") &&
			str_equal(str_make(set.p + 10, set.n - 10), d->toolchains[i].name))
			return d->toolchains[i].packages;
	return (struct str_list){ 0 };
}

/* Seeds go first, so that a chain begins with what somebody wrote down where it can. */
static void search(struct search *s, struct str_list seeds)
{
	for (unsigned essential = 0; essential < 2; essential++)
		for (size_t i = 0; i < s->set->n; i++) {
			size_t p = s->set->packages[i];
			struct step_to how = { .from = p,
				.begin = essential ? "essential" : "seed" };

			if (essential ? s->stanzas[p].essential
				      : has(seeds, s->l->packages[p].name))
				reach(s, p, &how);
		}
	for (size_t at = 0; at < s->n_queue; at++)
		for (size_t f = 0; f < FIELDS; f++) {
			struct str one, rest = s->stanzas[s->queue[at]].needs[f];

			while (rest.n) {
				(void)str_cut(rest, ',', &one, &rest);
				follow(s, s->queue[at], fields[f], one);
			}
		}
}

/* From the package back to the beginning, turned round. Empty when the search did not get to it. */
static bool chain_of(struct why_chain *ret, const struct search *s, size_t package, struct err *e)
{
	struct why_step *steps;
	size_t n = 1, at = package;

	if (!s->steps[package].reached)
		return true;
	for (; s->steps[at].from != at; at = s->steps[at].from)
		n++;
	steps = ARENA_ARRAY(s->a, n, struct why_step);
	if (!steps)
		return arena_full(s->a, e);
	ret->begin = str_of(s->steps[at].begin);
	at = package;
	for (size_t i = n; i-- > 0; at = s->steps[at].from)
		steps[i] = (struct why_step){ &s->l->packages[at], s->steps[at].field,
			s->steps[at].dependency };
	ret->steps = steps;
	ret->n = n;
	ret->from_indexes = true;
	return true;
}

static bool search_set(struct why_chain *ret, const struct lock *l, const struct lock_set *set,
	const struct description *d, const struct stanza *stanzas, size_t package, struct arena *a,
	struct err *e)
{
	CLEANUP(map_freep) struct map *names = map_new();
	CLEANUP(mem_free) struct step_to *steps = mem_array(l->n_packages, sizeof *steps);
	CLEANUP(mem_free) size_t *queue = mem_array(l->n_packages, sizeof *queue);
	struct search s = { .l = l,
		.set = set,
		.stanzas = stanzas,
		.names = names,
		.steps = steps,
		.queue = queue,
		.a = a };

	if (!name_set(&s, e))
		return false;
	search(&s, seeds_of(d, set->name));
	return chain_of(ret, &s, package, e);
}

/* ---- what the lock itself says ---- */

static const struct lock_package *needed_by(const struct lock *l, const struct lock_package *p)
{
	size_t skip = strlen(NEEDED_BY);

	if (!str_starts(p->why, NEEDED_BY))
		return NULL;
	return lock_package_find(l, str_make(p->why.p + skip, p->why.n - skip));
}

/* Reasons may go round in a circle in a lock that nobody made with this program: as many steps as packages. */
static bool follow_lock(struct why_chain *ret, const struct lock *l,
	const struct lock_package *package, struct arena *a, struct err *e)
{
	const struct lock_package *p = package, *up;
	struct why_step *steps;
	size_t n = 1;

	while (n <= l->n_packages && (up = needed_by(l, p))) {
		p = up;
		n++;
	}
	ret->begin = p->why;
	steps = ARENA_ARRAY(a, n, struct why_step);
	if (!steps)
		return arena_full(a, e);
	p = package;
	for (size_t i = n; i-- > 0; p = needed_by(l, p))
		steps[i].package = p;
	ret->steps = steps;
	ret->n = n;
	return true;
}

/* ---- */

/* The package of a set with that name; l->n_packages when it has none. */
static size_t find_in(const struct lock *l, const struct lock_set *set, struct str name)
{
	for (size_t i = 0; i < set->n; i++)
		if (str_equal(l->packages[set->packages[i]].name, name))
			return set->packages[i];
	return l->n_packages;
}

bool why_find(struct why *ret, const struct lock *l, const struct description *d,
	const struct span *texts, struct str name, struct arena *a, struct err *e)
{
	struct stanza *stanzas = ARENA_ARRAY(a, l->n_packages, struct stanza);
	struct why_chain *chains = ARENA_ARRAY(a, l->n_sets, struct why_chain);
	size_t n = 0;

	if (!stanzas || !chains)
		return arena_full(a, e);
	if (d && !read_indexes(stanzas, l, texts, a, e))
		return false;
	for (size_t i = 0; i < l->n_sets; i++) {
		size_t package = find_in(l, &l->sets[i], name);
		struct why_chain c = { .set = l->sets[i].name };

		if (package == l->n_packages)
			continue;
		if (d && !search_set(&c, l, &l->sets[i], d, stanzas, package, a, e))
			return false;
		if (!c.n && !follow_lock(&c, l, &l->packages[package], a, e))
			return false;
		chains[n++] = c;
	}
	*ret = (struct why){ chains, n };
	return true;
}
