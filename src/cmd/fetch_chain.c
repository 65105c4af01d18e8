#include "cmd/fetch_chain.h"

#include <stdio.h>

#include "cmd/line.h"
#include "base/banned.h"

/* The archive's answer, and nothing that went wrong here or on the way to it. */
static bool is_gone(const struct err *why)
{
	return why->kind == ERR_NOTFOUND || why->kind == ERR_MISMATCH;
}

/* An index has its digest as a name where the archive's Release promises that, else only its own name. */
static bool fetch_index(const struct archive_access *q, const struct lock *l,
	const struct lock_index *x, struct err *e)
{
	struct err why = { 0 };

	if (archive_fetch_index(q, &l->suites[x->suite], true, x, &why))
		return true;
	if (is_gone(&why))
		return archive_fetch_index(q, &l->suites[x->suite], false, x, e);
	*e = why;
	return false;
}

/* Without it the archive is written if it is gone and the user wants that, told why. */
static bool is_bearable(const struct verb_args *args, const char *what, struct str name,
	const struct err *why, struct err *e)
{
	if (is_gone(why) && verb_flag(args, "--unverifiable")) {
		line_print(stderr, "warning: %s '%.*s' is not at hand: %s", what, STR_ARG(name),
			why->text);
		return true;
	}
	*e = *why;
	err_wrap(e, "%s '%.*s' is not at hand", what, STR_ARG(name));
	if (is_gone(why))
		return err_hint(e,
			"lock afresh (assay lock --update), name a folder or mirror that still has it with --mirror, or "
			"go on without what `assay lock verify` needs with --unverifiable");
	return e->hint[0] ? false : err_hint(e, "put that right and run the same command again");
}

static bool fetch_indexes(const struct verb_args *args, const struct archive_access *q,
	const struct lock *l, const struct lock_index *indexes, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (!fetch_index(q, l, &indexes[i], &why) &&
			!is_bearable(args, "the index", indexes[i].path, &why, e))
			return false;
	}
	return true;
}

bool fetch_chain(const struct verb_args *args, const struct archive_access *q, const struct lock *l,
	struct err *e)
{
	for (size_t i = 0; i < l->n_suites; i++) {
		struct err why = { 0 };

		if (!archive_fetch_release(q, &l->suites[i], &why) &&
			!is_bearable(args, "the InRelease of suite", l->suites[i].suite, &why, e))
			return false;
	}
	return fetch_indexes(args, q, l, l->indexes, l->n_indexes, e) &&
	       fetch_indexes(args, q, l, l->source_indexes, l->n_source_indexes, e);
}
