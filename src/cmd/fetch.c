/* assay fetch: brings every package that the lock names, and every source, into the store, each byte checked. */
#include "cmd/fetch.h"

#include "base/mem.h"
#include "build/source_fetch.h"
#include "cmd/verbs.h"
#include "net/fetch.h"
#include "net/mirrors.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define APT_FOLDER "/etc/apt"
enum { MEGABYTE = 1000000, PATHS_MAX = 16 << 20 };

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

bool fetch_where(struct fetch_item *item, struct mirrors *m, struct str archive, struct arena *a,
	struct err *e)
{
	const struct str pool = STR("pool/");
	struct fetch_place *also = &item->also;

	item->bases.uris = mirrors_for(m, archive, &item->bases.n);
	if (!str_is(archive, "debian") || !str_starts(item->path, pool.p))
		return true;
	also->bases.uris = mirrors_for(m, STR("debian-security"), &also->bases.n);
	also->path = arena_printf(
		a, "pool/updates/%.*s", (int)(item->path.n - pool.n), item->path.p + pool.n);
	return also->path.p || arena_full(a, e);
}

/* What is missing, gathered from several lists. */
struct missing {
	struct store *store;
	struct mirrors *mirrors;
	const struct lock *lock;
	struct fetch_item *items; /* with room for every file of the lock */
	size_t n, n_unread;       /* these stand at its end: no build reads them */
	uint64_t bytes;
	struct arena *a;
};

static size_t count_files(const struct lock *l)
{
	size_t n = l->n_packages;

	for (size_t i = 0; i < l->n_sources; i++)
		n += l->sources[i].n_files;
	return n;
}

/* Which archive the package's index belongs to decides whom to ask. */
static bool make_item(struct fetch_item *ret, const struct missing *m, const struct lock_index *x,
	struct str path, uint64_t size, const uint8_t *sha256, struct err *e)
{
	*ret = (struct fetch_item){ .path = path, .size = size };
	memcpy(ret->sha256, sha256, SHA256_SIZE);
	return fetch_where(ret, m->mirrors, m->lock->suites[x->suite].archive, m->a, e);
}

static void add_item(struct missing *m, const struct fetch_item *item)
{
	if (store_has_size(m->store, item->sha256, item->size))
		return;
	m->items[m->n++] = *item;
	m->bytes += item->size;
}

/* Files that no build reads are asked for with those that one reads, and not again. */
static bool add_source(struct missing *m, const struct lock_source *src, struct err *e)
{
	struct fetch_item *end = m->items + count_files(m->lock) - m->n_unread;
	size_t n = m->n, n_unread = 0;

	for (size_t i = 0; i < src->n_files; i++) {
		const struct lock_file *f = &src->files[i];
		struct str path = lock_source_path(src, f, m->a);
		struct fetch_item item;

		if (!path.p)
			return arena_full(m->a, e);
		if (!make_item(&item, m, &m->lock->source_indexes[src->index], path, f->size,
			    f->sha256, e))
			return false;
		if (lock_source_file_is_read(f))
			add_item(m, &item);
		else if (!store_has_size(m->store, item.sha256, item.size))
			*(end - ++n_unread) = item;
	}
	if (m->n > n)
		m->n_unread += n_unread;
	return true;
}

static void fetch_unread(struct progress *p, const struct missing *m)
{
	const struct fetch_item *items = m->items + count_files(m->lock) - m->n_unread;
	const struct fetch_options once = { .tries = 1 };

	for (size_t i = 0; i < m->n_unread; i++) {
		struct err why = { 0 };

		if (!fetch_all(m->store, &items[i], 1, &once, &why))
			progress_say(p, "  %.*s is not to be had; no build reads it",
				STR_ARG(items[i].path));
	}
}

static bool fetch_locked(struct progress *p, struct missing *m, struct err *e)
{
	const struct fetch_options options = { .progress = progress_fetch, .ctx = p };
	const struct lock *l = m->lock;

	for (size_t i = 0; i < l->n_packages; i++) {
		const struct lock_package *k = &l->packages[i];
		struct fetch_item item;

		if (!make_item(&item, m, &l->indexes[k->index], k->path, k->size, k->sha256, e))
			return false;
		add_item(m, &item);
	}
	for (size_t i = 0; i < l->n_sources; i++)
		if (!add_source(m, &l->sources[i], e))
			return false;
	if (m->n == 0)
		return true;
	progress_say(p, "  %zu of %zu packages are missing, %.1f MB", m->n, count_files(l),
		(double)m->bytes / MEGABYTE);
	if (fetch_all(m->store, m->items, m->n, &options, e)) {
		fetch_unread(p, m);
		return true;
	}
	if (!e->hint[0])
		err_hint(e,
			"name a mirror that still has it with --mirror URL, or pin newer packages with "
			"assay lock --update");
	return false;
}

static void say_source(void *ctx, struct str component, const struct source_request *r)
{
	struct progress *p = ctx;

	if (r->kind == SOURCE_GIT)
		progress_say(p, "  %.*s: git commit %.12s", STR_ARG(component), r->commit.p);
	else
		progress_say(p, "  %.*s: its tarball", STR_ARG(component));
}

bool fetch_inputs_from(struct progress *p, struct mirrors *m, struct store *s,
	const struct description *d, const struct lock *l, struct err *e)
{
	CLEANUP(mem_free)
	struct fetch_item *items = mem_array(count_files(l), sizeof *items);
	CLEANUP(arena_freep) struct arena *a = arena_new(PATHS_MAX);
	const struct fetch_options options = { .progress = progress_fetch, .ctx = p };
	struct missing missing = { s, m, l, items, 0, 0, 0, a };
	const struct source_access q = { s, m, &options, say_source, p };

	return fetch_locked(p, &missing, e) && source_fetch_all(&q, d, e);
}

bool fetch_inputs_in(struct progress *p, const struct verb_args *args, struct store *s,
	const struct description *d, const struct lock *l, struct err *e)
{
	CLEANUP(mirrors_freep) struct mirrors *m = NULL;

	return fetch_mirrors(args, &m, e) && fetch_inputs_from(p, m, s, d, l, e);
}

bool fetch_inputs(const struct verb_args *args, struct store *s, const struct description *d,
	const struct lock *l, struct err *e)
{
	CLEANUP(progress_freep) struct progress *p = progress_new(args);

	progress_stage(p, "fetch");
	if (!fetch_inputs_in(p, args, s, d, l, e))
		return false;
	progress_stage(p, NULL);
	return true;
}

bool fetch_description(struct description *ret, const char *dir, struct arena *a, struct err *e)
{
	struct err why = { 0 };

	if (description_read(ret, dir, a, &why) || why.kind == ERR_NOTFOUND)
		return true;
	*e = why;
	return false;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 0) ? verb_arg(args, 0) : ".";
	CLEANUP(arena_freep) struct arena *a = arena_new(LOCK_SIZE_MAX * 8);
	CLEANUP(store_freep) struct store *store = NULL;
	struct description d = { 0 };
	struct lock l;

	(void)code;
	if (!lock_read(&l, dir, a, e) || !fetch_description(&d, dir, a, e) ||
		!store_open(&store, verb_value(args, "--store"), e) ||
		!fetch_inputs(args, store, &d, &l, e))
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
	.summary = "bring every package and source of an image into the store",
	.usage = "[DIR]",
	.max_args = 1,
	.options = options,
	.example = "assay fetch examples/hello",
	.run = run,
};
