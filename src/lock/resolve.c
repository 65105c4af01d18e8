#include "lock/resolve.h"

#include <solv/evr.h>
#include <solv/repo.h>
#include <solv/repo_deb.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "deb/control.h"
#include "lock/resolve_inside.h"
#include "base/banned.h"

enum {
	ROUNDS_MAX = 16, /* of solving and looking at the alternatives of what was chosen */
};

/* libsolv's own way of cutting a Packages text: stanzas end at an empty line. */
static struct str next_stanza(struct str *rest)
{
	struct str s = *rest;
	const char *end;

	while (s.n && s.p[0] == '\n')
		s = str_make(s.p + 1, s.n - 1);
	end = s.n ? memmem(s.p, s.n, "\n\n", 2) : NULL;
	if (!end) {
		*rest = str_make(s.p + s.n, 0);
		return s;
	}
	*rest = str_make(end + 1, s.n - (size_t)(end + 1 - s.p));
	return str_make(s.p, (size_t)(end + 1 - s.p));
}

static void cut_stanzas(struct resolve_source *s, struct span text)
{
	struct str rest = str_make((const char *)text.p, text.n), stanza;
	size_t room = 0;

	while ((stanza = next_stanza(&rest)).n) {
		if (s->n == room) {
			room = room ? 2 * room : 1024;
			s->stanzas = mem_grow(s->stanzas, room, sizeof *s->stanzas);
		}
		s->stanzas[s->n++] = stanza;
	}
}

static bool load(struct resolve *r, size_t i, struct span text, struct err *e)
{
	struct resolve_source *s = &r->sources[i];
	FILE *f;

	s->repo = repo_create(r->pool, "packages");
	cut_stanzas(s, text);
	if (!s->n)
		return true;
	f = fmemopen((void *)(uintptr_t)text.p, text.n, "r");
	if (!f)
		return err_os(e, "cannot read an index from memory");
	repo_add_debpackages(s->repo, f, 0);
	fclose(f);
	if ((size_t)s->repo->nsolvables != s->n || (size_t)(s->repo->end - s->repo->start) != s->n)
		return err_set(e, ERR_FORMAT, "an index has %zu stanzas and %d packages", s->n,
			s->repo->nsolvables);
	return true;
}

struct str resolve_stanza(const struct resolve *r, Id p, size_t *index)
{
	for (size_t i = 0; i < r->n_sources; i++) {
		const struct resolve_source *s = &r->sources[i];

		if (!s->n || r->pool->solvables[p].repo != s->repo)
			continue;
		if (index)
			*index = i;
		return s->stanzas[p - s->repo->start];
	}
	return str_make(NULL, 0);
}

struct str resolve_name(const struct resolve *r, Id p)
{
	return str_of(pool_id2str(r->pool, r->pool->solvables[p].name));
}

static void sort_names(const struct resolve *r, Queue *names)
{
	/* Insertion: these are some dozens. */
	for (int i = 1; i < names->count; i++) {
		Id name = names->elements[i];
		int k = i;

		for (; k > 0 && strcmp(pool_id2str(r->pool, names->elements[k - 1]),
					pool_id2str(r->pool, name)) > 0;
			k--)
			names->elements[k] = names->elements[k - 1];
		names->elements[k] = name;
	}
}

static bool is_essential(struct str stanza)
{
	static const char field[] = "\nEssential: yes\n";

	return memmem(stanza.p, stanza.n, field, sizeof field - 1) != NULL;
}

static void find_essential(struct resolve *r)
{
	for (size_t i = 0; i < r->n_sources; i++) {
		const struct resolve_source *s = &r->sources[i];

		for (size_t k = 0; k < s->n; k++)
			if (is_essential(s->stanzas[k]))
				queue_pushunique(&r->essential,
					r->pool->solvables[s->repo->start + (Id)k].name);
	}
	sort_names(r, &r->essential);
}

bool resolve_new(struct resolve **ret, const struct span *texts, size_t n, struct err *e)
{
	CLEANUP(resolve_freep) struct resolve *r = MEM_NEW(struct resolve);

	r->pool = pool_create();
	queue_init(&r->essential);
	pool_setdisttype(r->pool, DISTTYPE_DEB);
	pool_setarch(r->pool, "amd64");
	r->sources = mem_array(n, sizeof *r->sources);
	r->n_sources = n;
	for (size_t i = 0; i < n; i++)
		if (!load(r, i, texts[i], e))
			return false;
	find_essential(r);
	pool_createwhatprovides(r->pool);
	*ret = TAKE(r);
	return true;
}

void resolve_free(struct resolve *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_sources; i++)
		free(r->sources[i].stanzas);
	free(r->sources);
	queue_free(&r->essential);
	pool_free(r->pool);
	free(r);
}

void resolve_freep(struct resolve **r)
{
	resolve_free(*r);
	*r = NULL;
}

/* The name as the pool knows it; 0 and NOTFOUND unless some package has it. */
static Id find_name(const struct resolve *r, struct str name, struct err *e)
{
	CLEANUP(mem_free) char *text = mem_string(name);
	Id id = pool_str2id(r->pool, text, 0), provider = 0;

	if (id)
		for (const Id *p = pool_whatprovides_ptr(r->pool, id); *p; p++) {
			if (r->pool->solvables[*p].name == id)
				return id;
			provider = *p;
		}
	err_set(e, ERR_NOTFOUND, "package '%s' is in none of the suites", text);
	if (provider)
		err_hint(e,
			"it is only a name that packages provide, such as '%.*s': name one of them",
			STR_ARG(resolve_name(r, provider)));
	else
		err_hint(e, "look for a misspelt name, or name the suite or component that has it");
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	Id x = *(const Id *)a, y = *(const Id *)b;

	return (x > y) - (x < y);
}

/* One run of the solver: job in, chosen packages out, in the order of the pool. */
static bool solve(const struct resolve *r, Queue *job, Queue *chosen, struct err *e)
{
	Solver *solver = solver_create(r->pool);
	bool ok = true;
	int n = 0;

	solver_set_flag(solver, SOLVER_FLAG_IGNORE_RECOMMENDED, 1);
	if (solver_solve(solver, job)) {
		ok = resolve_problem_report(solver, e);
	} else {
		/* Negative decisions are packages that cannot come; 1 is the empty system itself. */
		solver_get_decisionqueue(solver, chosen);
		for (int i = 0; i < chosen->count; i++)
			if (chosen->elements[i] > SYSTEMSOLVABLE)
				chosen->elements[n++] = chosen->elements[i];
		queue_truncate(chosen, n);
		qsort(chosen->elements, (size_t)n, sizeof(Id), compare_ids);
	}
	solver_free(solver);
	return ok;
}

static bool same_queue(const Queue *a, const Queue *b)
{
	return a->count == b->count &&
	       (!a->count || memcmp(a->elements, b->elements, (size_t)a->count * sizeof(Id)) == 0);
}

/*
 * Which alternatives matter is known once it is known which packages come, and that may change which come: solved
 * again until it stays the same.
 */
static bool settle(const struct resolve *r, const Queue *wanted, Queue *chosen, struct err *e)
{
	Queue job, before;
	bool ok;

	queue_init(&before);
	queue_init_clone(&job, wanted);
	ok = solve(r, &job, chosen, e);
	for (int round = 0; ok && round < ROUNDS_MAX && !same_queue(&before, chosen); round++) {
		queue_free(&before);
		queue_free(&job);
		queue_init_clone(&before, chosen);
		queue_init_clone(&job, wanted);
		resolve_favor_add(r, &before, &job);
		ok = solve(r, &job, chosen, e);
	}
	queue_free(&before);
	queue_free(&job);
	return ok;
}

static bool find_seeds(const struct resolve *r, struct str_list names, Queue *seeds, struct err *e)
{
	for (size_t i = 0; i < names.n; i++) {
		Id id = find_name(r, names.items[i], e);

		if (!id)
			return false;
		queue_pushunique(seeds, id);
	}
	sort_names(r, seeds);
	return true;
}

static bool close_over(const struct resolve *r, const Queue *seeds, Queue *chosen, struct err *e)
{
	Queue wanted;
	bool ok;

	queue_init(&wanted);
	for (int i = 0; i < seeds->count; i++)
		queue_push2(&wanted, SOLVER_INSTALL | SOLVER_SOLVABLE_NAME, seeds->elements[i]);
	for (int i = 0; i < r->essential.count; i++)
		queue_push2(
			&wanted, SOLVER_INSTALL | SOLVER_SOLVABLE_NAME, r->essential.elements[i]);
	ok = settle(r, &wanted, chosen, e);
	queue_free(&wanted);
	return ok;
}

static bool both_wanted_and_left_out(struct str_list names, struct str_list globs, struct err *e)
{
	for (size_t i = 0; i < names.n; i++)
		if (resolve_hollow_matches(names.items[i], globs))
			return err_set(e, ERR_USAGE,
				"package '%.*s' is both wanted and left out (leave-out)",
				STR_ARG(names.items[i]));
	return true;
}

bool resolve_closure(struct resolve *r, struct str_list names, struct str_list globs,
	struct arena *a, struct resolve_result *ret, struct err *e)
{
	CLEANUP(queue_free) Queue seeds, chosen;
	struct resolve_hollows *hollows;
	bool ok;

	queue_init(&seeds);
	queue_init(&chosen);
	if (!both_wanted_and_left_out(names, globs, e) || !find_seeds(r, names, &seeds, e))
		return false;
	hollows = resolve_hollow_out(r, globs);
	ok = close_over(r, &seeds, &chosen, e) &&
	     resolve_result_make(r, &chosen, &seeds, globs, a, ret, e);
	resolve_hollow_restore(r, hollows);
	return ok;
}

/* The highest version of a name; of equal ones the first of the pool. */
static Id best_version(const struct resolve *r, Id name)
{
	const Solvable *s = r->pool->solvables;
	Id best = 0;

	for (const Id *p = pool_whatprovides_ptr(r->pool, name); *p; p++)
		if (s[*p].name == name &&
			(!best || pool_evrcmp(r->pool, s[*p].evr, s[best].evr, EVRCMP_COMPARE) > 0))
			best = *p;
	return best;
}

bool resolve_alone(struct resolve *r, struct str_list names, struct arena *a,
	struct resolve_result *ret, struct err *e)
{
	CLEANUP(queue_free) Queue seeds, chosen;

	queue_init(&seeds);
	queue_init(&chosen);
	if (!find_seeds(r, names, &seeds, e))
		return false;
	for (int i = 0; i < seeds.count; i++)
		queue_push(&chosen, best_version(r, seeds.elements[i]));
	return resolve_result_make(r, &chosen, &seeds, (struct str_list){ 0 }, a, ret, e);
}
