/* What the parts of the resolver share; nobody else includes this. */
#ifndef ASSAY_LOCK_RESOLVE_INSIDE_H
#define ASSAY_LOCK_RESOLVE_INSIDE_H

#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/solver.h>

#include "lock/resolve.h"

/* One Packages text: stanza i is solvable repo->start + i. */
struct resolve_source {
	Repo *repo;
	struct str *stanzas;
	size_t n;
};

struct resolve {
	Pool *pool;
	struct resolve_source *sources;
	size_t n_sources;
	Queue essential; /* name ids, sorted by name */
};

/* The stanza of a solvable; *index (may be NULL) says which text. */
struct str resolve_stanza(const struct resolve *r, Id solvable, size_t *index);
struct str resolve_name(const struct resolve *r, Id solvable);

/* Adds to job a SOLVER_FAVOR for the alternative that apt would take of each dependency of the solvables in `chosen`. */
void resolve_favor_add(const struct resolve *r, const Queue *chosen, Queue *job);

/* Keeping packages out: what matches stays in the pool as a husk that satisfies and asks for nothing, until restored. */
struct resolve_hollows;
bool resolve_hollow_matches(struct str name, struct str_list globs);
struct resolve_hollows *resolve_hollow_out(const struct resolve *r, struct str_list globs);
void resolve_hollow_restore(const struct resolve *r, struct resolve_hollows *h);

/* What was chosen, as the result: sorted, with reasons; what matches the globs goes to left_out. */
bool resolve_result_make(const struct resolve *r, const Queue *chosen, const Queue *seeds,
	struct str_list globs, struct arena *a, struct resolve_result *ret,
	struct err *e) MUST_CHECK;

/* Why the solver found nothing, in sentences: MISMATCH with a hint. Returns false. */
bool resolve_problem_report(Solver *solver, struct err *e);

#endif
