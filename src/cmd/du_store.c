/* assay store du: what a store holds. */
#include <stdio.h>

#include "cmd/store_table.h"
#include "cmd/verbs.h"
#include "base/banned.h"

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(store_freep) struct store *store = NULL;
	struct store_gc_rule nothing = { .unused_since_unix = INT64_MIN, .dry_run = true };
	struct store_gc_rule old = { .dry_run = true };
	struct store_gc_result all, gc;

	(void)code;
	if (!store_table_since_of(args, &old.unused_since_unix, e) ||
		!store_open(&store, verb_value(args, "--store"), e) ||
		!store_gc(&all, store, &nothing, e) || !store_gc(&gc, store, &old, e))
		return false;
	for (int k = 0; k < STORE_KINDS; k++) { /* what is of no use at any age counts as well */
		all.kept[k].n += all.gone[k].n;
		all.kept[k].size += all.gone[k].size;
	}
	if (verb_flag(args, "--json"))
		return store_table_json(
			"assay.store-du/1", store, "held", all.kept, "freeable", gc.gone, e);
	store_table_print(store, "holds", all.kept, "gc would free", gc.gone);
	return true;
}

static const struct verb_option options[] = {
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	STORE_TABLE_UNUSED_OPTION,
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_store_du = {
	.name = "store du",
	.summary = "say what the store holds, and what store gc would free",
	.usage = "",
	.options = options,
	.example = "assay store du",
	.run = run,
};
