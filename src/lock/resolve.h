/*
 * Which packages a list of names stands for, by libsolv under the rules that apt has for a new system: everything
 * Essential is wanted too, of several versions the highest, of "a | b" the first that exists, of several packages that
 * provide a name the one with the highest Priority (then the first by name), nothing that is merely recommended. The
 * result depends on the indexes and the names alone, not on the order of either.
 */
#ifndef ASSAY_LOCK_RESOLVE_H
#define ASSAY_LOCK_RESOLVE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "lock/description.h"

enum { RESOLVE_INDEXES_MAX = 256 };

struct resolve_choice {
	struct str name, version;
	size_t index;      /* which text it is from */
	struct str stanza; /* borrowed from that text */
	struct str
		why; /* "seed", "essential", "dependency of NAME" (of the first such NAME by name) */
};

struct resolve_result {
	const struct resolve_choice *items; /* by name, then version */
	size_t n;
	struct str_list left_out; /* names that were really cut, sorted */
};

struct resolve;

/* Takes n Packages texts, which must outlive it; of equal packages the one from the first text is used. */
bool resolve_new(
	struct resolve **ret, const struct span *texts, size_t n, struct err *e) MUST_CHECK;
void resolve_free(struct resolve *r);
void resolve_freep(struct resolve **r);

/*
 * The closure of names and all Essential packages. Packages whose name matches a glob of leave_out are kept out: what
 * depends on them counts as satisfied, and they bring nothing with them. Fails NOTFOUND for a name that is in no index,
 * MISMATCH with the reasons in sentences when no set of packages satisfies all, USAGE when a name is wanted and left out.
 */
bool resolve_closure(struct resolve *r, struct str_list names, struct str_list leave_out,
	struct arena *a, struct resolve_result *ret, struct err *e) MUST_CHECK;
/* The highest version of each name, without what it depends on. Fails NOTFOUND. */
bool resolve_alone(struct resolve *r, struct str_list names, struct arena *a,
	struct resolve_result *ret, struct err *e) MUST_CHECK;

#endif
