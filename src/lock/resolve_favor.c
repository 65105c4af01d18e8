/*
 * Which alternative apt takes. libsolv sees "a | b" as a set without an order; a SOLVER_FAVOR job for the first one that
 * exists gives it the order back.
 */
#include "lock/resolve_inside.h"

#include "base/banned.h"

/* Debian policy 2.5, best first. */
static const char *const priorities[] = { "required", "important", "standard", "optional" };

static size_t priority_of(const struct resolve *r, Id p)
{
	struct str rest = resolve_stanza(r, p, NULL), line;
	size_t i;

	do {
		str_cut(rest, '\n', &line, &rest);
	} while (rest.n && !str_starts(line, "Priority: "));
	for (i = 0; i < ARRAY_LEN(priorities); i++)
		if (str_starts(line, "Priority: ") && str_ends(line, priorities[i]))
			break;
	return i;
}

/* libsolv marks relations ("a >= 2", "a | b") by the highest bit; NULL for a plain name. */
static const Reldep *relation(const struct resolve *r, Id dep)
{
	const unsigned mark = 1U << 31, bits = (unsigned)dep;

	return bits & mark ? &r->pool->rels[bits ^ mark] : NULL;
}

/* The name that a dependency without alternatives asks for. */
static Id asked_name(const struct resolve *r, Id dep)
{
	const Reldep *rel;

	while ((rel = relation(r, dep)))
		dep = rel->name;
	return dep;
}

static bool better(const struct resolve *r, Id a, Id b)
{
	size_t x = priority_of(r, a), y = priority_of(r, b);

	return x != y ? x < y : str_compare(resolve_name(r, a), resolve_name(r, b)) < 0;
}

/* The name of the package that apt takes for a dependency without alternatives; 0 when nothing provides it. */
static Id preferred(const struct resolve *r, Id dep)
{
	Pool *pool = r->pool;
	Id name = asked_name(r, dep), best = 0;

	for (const Id *p = pool_whatprovides_ptr(pool, dep); *p; p++) {
		if (pool->solvables[*p].name == name)
			return name;
		if (!best || better(r, *p, best))
			best = *p;
	}
	return best ? pool->solvables[best].name : 0;
}

/* Alternatives are a tree of REL_OR; its leaves from left to right stand in the order of the control file. */
static Id first_preferred(const struct resolve *r, Id dep)
{
	const Reldep *rel = relation(r, dep);
	Id left;

	if (!rel || rel->flags != REL_OR)
		return preferred(r, dep);
	left = first_preferred(r, rel->name);
	return left ? left : first_preferred(r, rel->evr);
}

/* Whether packages of more than one name satisfy the dependency: only then is there a choice. */
static bool has_choice(const struct resolve *r, Id dep)
{
	const Id *p = pool_whatprovides_ptr(r->pool, dep);
	Id name = *p ? r->pool->solvables[*p].name : 0;

	for (; *p; p++)
		if (r->pool->solvables[*p].name != name)
			return true;
	return false;
}

static void dependencies(const struct resolve *r, Id p, Queue *deps)
{
	queue_empty(deps);
	solvable_lookup_deparray(&r->pool->solvables[p], SOLVABLE_REQUIRES, deps, 0);
}

void resolve_favor_add(const struct resolve *r, const Queue *chosen, Queue *job)
{
	Queue deps, names;

	queue_init(&deps);
	queue_init(&names);
	for (int i = 0; i < chosen->count; i++) {
		dependencies(r, chosen->elements[i], &deps);
		for (int k = 0; k < deps.count; k++) {
			Id dep = deps.elements[k];
			Id name = dep != SOLVABLE_PREREQMARKER && has_choice(r, dep)
					  ? first_preferred(r, dep)
					  : 0;

			if (name)
				queue_pushunique(&names, name);
		}
	}
	for (int i = 0; i < names.count; i++)
		queue_push2(job, SOLVER_FAVOR | SOLVER_SOLVABLE_NAME, names.elements[i]);
	queue_free(&deps);
	queue_free(&names);
}
