/*
 * The places at which builds of one thing differ, numbered in the order in which they were first seen, and what was seen
 * there in each build: the model between `diff` and the search.
 *
 * A place is an artefact, the way down to what differs in it, and in which way. Several hunks of one text are one place.
 */
#ifndef ASSAY_CHECK_PLACE_H
#define ASSAY_CHECK_PLACE_H

#include "base/arena.h"
#include "check/bisect.h"
#include "check/canary_scan.h"
#include "diff/diff.h"

enum {
	PLACE_SHOWN_MAX = 200, /* of one build; what more differs is one place of that name */
	PLACE_RELEASED = 999,  /* as attempt: what varied showed the machine's own */
	PLACE_PLAIN = 1000, /* as attempt: seen against a plain build instead of the steady one */
	PLACE_BYTES_MAX = 64 << 10, /* of hunks put together */
};

struct place {
	const struct str *where;
	size_t n_where;
	enum diff_kind kind;
	struct str registers; /* as diff says; may be empty */
};

/* What was seen at one place in one build, against the steady one. */
struct place_sight {
	size_t place;
	uint64_t variations; /* of that build */
	unsigned attempt;
	bool filled;
	struct span a, b; /* all hunks one after the other */
	uint64_t at;      /* of the first: a line of a text, else an offset */
	struct canary_hit
		beyond; /* a text planted elsewhere in the artefact; canary is NULL: none */
};

struct places {
	struct arena *arena; /* borrowed */
	struct place *items; /* BISECT_PLACES_MAX */
	size_t n;
	struct place_sight *sights;
	size_t n_sights, room_sights;
};

bool place_init(struct places *p, struct arena *a, struct err *e) MUST_CHECK;
void place_done(struct places *p);
/*
 * Takes the causes of a report in: their places go into *moved, what was seen is kept. what is derived is left out.
 * Fails: LIMIT.
 */
bool place_take(struct places *p, const struct diff_report *r, uint64_t variations,
	unsigned attempt, struct bisect_set *moved, struct err *e) MUST_CHECK;
/* One more place without a file: a build that fails. b: with what. */
bool place_take_failure(struct places *p, struct str b, uint64_t variations, unsigned attempt,
	struct bisect_set *moved, struct err *e) MUST_CHECK;
/* Those of the last build, from the sight `from` on, that an earlier one with the same varied showed otherwise. */
void place_compare(const struct places *p, size_t from, struct bisect_set *wavering);
/* What the first such build showed there, against the steady one if possible, or NULL. */
const struct place_sight *place_find(const struct places *p, size_t place, uint64_t variations);
/* What any build showed there; NULL for a place that there is not. */
const struct place_sight *place_any(const struct places *p, size_t place);

#endif
