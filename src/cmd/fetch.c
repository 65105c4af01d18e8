/* assay fetch: brings every package that the lock names into the store, each byte checked. */
#include "cmd/fetch.h"

#include "base/mem.h"
#include "net/fetch.h"
#include "cmd/verbs.h"
#include "net/mirrors.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define APT_FOLDER "/etc/apt"
enum { MEGABYTE = 1000000 };

bool fetch_mirrors(const struct verb_args *args, struct mirrors **ret, struct err *e)
{
	CLEANUP(mirrors_freep) struct mirrors *m = mirrors_new();
	const char *url;
	size_t n = 0;

	for (; (url = verb_nth(args, "--mirror", n)); n++)
		if (!mirrors_add(m, url, e))
			return false;
	if (n == 0 && !mirrors_add_apt(m, APT_FOLDER, e))
		return false;
	*ret = TAKE(m);
	return true;
}

/* Which archive the package's index belongs to decides whom to ask. */
static struct fetch_bases bases_of(
	struct mirrors *m, const struct lock *l, const struct lock_package *p)
{
	struct fetch_bases b = { 0 };

	b.uris = mirrors_for(m, l->suites[l->indexes[p->index].suite].archive, &b.n);
	return b;
}

bool fetch_lock_in(struct progress *p, const struct verb_args *args, struct store *s,
	const struct lock *l, struct err *e)
{
	CLEANUP(mirrors_freep) struct mirrors *m = NULL;
	CLEANUP(mem_free) struct fetch_item *items = mem_array(l->n_packages, sizeof *items);
	const struct fetch_options options = { .progress = progress_fetch, .ctx = p };
	uint64_t bytes = 0;
	size_t n = 0;

	if (!fetch_mirrors(args, &m, e))
		return false;
	for (size_t i = 0; i < l->n_packages; i++) {
		const struct lock_package *x = &l->packages[i];

		if (store_has_size(s, x->sha256, x->size))
			continue;
		items[n] = (struct fetch_item){
			.path = x->path, .size = x->size, .bases = bases_of(m, l, x)
		};
		memcpy(items[n++].sha256, x->sha256, SHA256_SIZE);
		bytes += x->size;
	}
	if (n == 0)
		return true;
	progress_say(p, "  %zu of %zu packages are missing, %.1f MB", n, l->n_packages,
		(double)bytes / MEGABYTE);
	if (fetch_all(s, items, n, &options, e))
		return true;
	if (!e->hint[0])
		err_hint(e,
			"name a mirror that still has it with --mirror URL, or pin newer packages with "
			"assay lock --update");
	return false;
}

bool fetch_lock(const struct verb_args *args, struct store *s, const struct lock *l, struct err *e)
{
	CLEANUP(progress_freep) struct progress *p = progress_new(args);

	progress_stage(p, "fetch");
	if (!fetch_lock_in(p, args, s, l, e))
		return false;
	progress_stage(p, NULL);
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 0) ? verb_arg(args, 0) : ".";
	CLEANUP(arena_freep) struct arena *a = arena_new(LOCK_SIZE_MAX * 8);
	CLEANUP(store_freep) struct store *store = NULL;
	struct lock l;

	(void)code;
	if (!lock_read(&l, dir, a, e) || !store_open(&store, verb_value(args, "--store"), e) ||
		!fetch_lock(args, store, &l, e))
		return false;
	verb_say(args, "  all %zu packages are in the store", l.n_packages);
	return true;
}

static const struct verb_option options[] = {
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--mirror", "URL", "fetch from here instead of apt's sources", true },
	{ 0 },
};

const struct verb cmd_fetch = {
	.name = "fetch",
	.summary = "bring every package that the lock names into the store",
	.usage = "[DIR]",
	.max_args = 1,
	.options = options,
	.example = "assay fetch examples/hello",
	.run = run,
};
