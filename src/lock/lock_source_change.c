#include "lock/lock_source_change.h"

#include "lock/source_stanza.h"
#include "base/banned.h"

bool lock_source_change_is(const struct lock_source *before, const struct lock_source *after)
{
	const char *what;

	return before && after ? !source_stanza_agrees(before, after, &what) : before != after;
}

static int compare(const struct lock_source *a, const struct lock_source *b)
{
	int c = str_compare(a->name, b->name);

	return c ? c : str_compare(a->version, b->version);
}

static bool has(const struct lock *l, const struct lock_source *s)
{
	for (size_t i = 0; i < l->n_sources; i++)
		if (compare(&l->sources[i], s) == 0)
			return true;
	return false;
}

/* Whether b came for a: of one name, and neither has its like on the other side. */
static bool is_pair(const struct lock *before, const struct lock *after,
	const struct lock_source *a, const struct lock_source *b)
{
	return str_equal(a->name, b->name) &&
	       (compare(a, b) == 0 || (!has(after, a) && !has(before, b)));
}

bool lock_source_changes(struct lock_source_change_list *ret, const struct lock *before,
	const struct lock *after, struct arena *arena, struct err *e)
{
	struct lock_source_change *items = ARENA_ARRAY(
		arena, before->n_sources + after->n_sources, struct lock_source_change);
	size_t n = 0, i = 0, k = 0;

	if (!items)
		return arena_full(arena, e);
	while (i < before->n_sources || k < after->n_sources) {
		const struct lock_source *a = i < before->n_sources ? &before->sources[i] : NULL;
		const struct lock_source *b = k < after->n_sources ? &after->sources[k] : NULL;
		bool pair = a && b && is_pair(before, after, a, b);
		bool first = pair || !b || (a && compare(a, b) < 0);
		bool second = pair || !first;

		i += first;
		k += second;
		if (!lock_source_change_is(first ? a : NULL, second ? b : NULL))
			continue;
		items[n++] = (struct lock_source_change){
			pair    ? LOCK_CHANGE_REPLACED
			: first ? LOCK_CHANGE_REMOVED
				: LOCK_CHANGE_ADDED,
			first ? a : NULL,
			second ? b : NULL,
		};
	}
	*ret = (struct lock_source_change_list){ items, n };
	return true;
}
