/* assay store gc: frees what nobody needs. */
#include <stdio.h>

#include "build/keep.h"
#include "cmd/fetch.h"
#include "cmd/store_table.h"
#include "cmd/verbs.h"
#include "lock/lock.h"
#include "base/banned.h"

/* What the locks of --keep name; *n says how many there are. */
static bool keep_all(struct keep *k, const struct verb_args *args, size_t *n, struct err *e)
{
	const char *dir;

	for (*n = 0; (dir = verb_nth(args, "--keep", *n)); (*n)++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(LOCK_SIZE_MAX * 8);
		struct description d = { 0 };
		struct lock l;

		if (!lock_read(&l, dir, a, e) || !keep_lock(k, &l, e) ||
			!fetch_description(&d, dir, a, e) || !keep_description(k, &d, e))
			return false;
	}
	return true;
}

static void waits(void *ctx)
{
	verb_say(ctx, "  waiting until no other assay uses the store");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(keep_done) struct keep keep;
	CLEANUP(store_freep) struct store *store = NULL;
	bool dry = verb_flag(args, "--dry-run");
	struct store_gc_rule rule = { .dry_run = dry };
	struct store_gc_result r;
	size_t n;

	(void)code;
	keep_init(&keep);
	if (!keep_all(&keep, args, &n, e) ||
		!store_table_since_of(args, &rule.unused_since_unix, e) ||
		!store_open(&store, verb_value(args, "--store"), e))
		return false;
	rule.needed = n ? keep.places : NULL;
	if (!dry && !store_lock_alone(store, waits, (void *)(uintptr_t)args, e))
		return false;
	if (!store_gc(&r, store, &rule, e))
		return false;
	if (verb_flag(args, "--json"))
		return store_table_json(
			"assay.store-gc/1", store, "removed", r.gone, "kept", r.kept, e);
	store_table_print(store, dry ? "would remove" : "removed", r.gone, "kept", r.kept);
	return true;
}

static const struct verb_option options[] = {
	{ "--keep", "DIR", "free all but what DIR/assay.lock names", true },
	STORE_TABLE_UNUSED_OPTION,
	{ "--dry-run", NULL, "only say what would be removed", false },
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_store_gc = {
	.name = "store gc",
	.summary = "remove what is old, or what no lock needs",
	.usage = "",
	.options = options,
	.example = "assay store gc --keep examples/hello --dry-run",
	.run = run,
};
