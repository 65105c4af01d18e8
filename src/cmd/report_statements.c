#include "cmd/report_statements.h"

#include <sys/stat.h>

#include "tree/tree.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

/* A folder without statements has none. */
static bool load_own(struct statements *s, const char *out, struct err *e)
{
	struct str folder = arena_printf(s->a, "%s/statements", out);
	struct stat st;

	if (!folder.p)
		return arena_full(s->a, e);
	return stat(folder.p, &st) != 0 || statements_load_path(s, folder.p, e);
}

static bool load(struct statements *s, const struct verb_args *args, struct err *e)
{
	const char *path = verb_nth(args, "--statements", 0);

	if (!path)
		return load_own(s, verb_arg(args, 0), e);
	for (size_t i = 0; (path = verb_nth(args, "--statements", i)); i++)
		if (!statements_load_path(s, path, e))
			return false;
	return true;
}

/* A page is for others: files have their names there, and not the folders of this machine. */
static bool name(struct report_vouch *to, struct statements *s, struct err *e)
{
	struct report_aside *aside = ARENA_ARRAY(s->a, s->n_aside, struct report_aside);

	if (!aside && s->n_aside)
		return arena_full(s->a, e);
	for (size_t i = 0; i < s->n; i++)
		s->items[i].from = tree_name(s->items[i].from);
	for (size_t i = 0; i < s->n_aside; i++)
		aside[i] = (struct report_aside){ tree_name(s->aside[i].from), s->aside[i].why };
	to->aside = aside;
	to->n_aside = s->n_aside;
	return true;
}

bool report_statements_take(struct report_vouch *ret, struct statements **statements,
	const struct show *s, const struct verb_args *args, const struct trust_file *trust,
	int64_t at_unix, struct err *e)
{
	struct statements *l;

	*ret = (struct report_vouch){ 0 };
	if (!statements_load_new(statements, trust, e))
		return false;
	l = *statements;
	return load(l, args, e) && name(ret, l, e) &&
	       quorum_take(&ret->quorum, l->items, l->n, trust, at_unix, l->a, e) &&
	       quorum_outcome_of(&ret->outcome, &ret->quorum, &s->values, NULL, l->a, e);
}
