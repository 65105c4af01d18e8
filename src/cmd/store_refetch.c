#include "cmd/store_refetch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cmd/fetch.h"
#include "net/fetch.h"
#include "base/banned.h"

enum { LOCKS_MEMORY_MAX = 512 << 20 };

bool store_refetch_init(
	struct store_refetch *ret, const struct verb_args *args, struct store *s, struct err *e)
{
	size_t n = verb_n_args(args);

	ret->arena = arena_new(LOCKS_MEMORY_MAX);
	ret->locks = mem_array(n, sizeof *ret->locks);
	ret->access.store = s;
	if (n && !fetch_mirrors(args, &ret->access.mirrors, e))
		return false;
	for (; ret->n_locks < n; ret->n_locks++)
		if (!lock_read(
			    &ret->locks[ret->n_locks], verb_arg(args, ret->n_locks), ret->arena, e))
			return false;
	return true;
}

void store_refetch_done(struct store_refetch *r)
{
	mirrors_free(r->access.mirrors);
	free(r->locks);
	arena_free(r->arena);
}

static bool is(const uint8_t *a, const uint8_t *b)
{
	return ct_equal(a, b, SHA256_SIZE);
}

/* A file of the pool, of the archive that the index belongs to. */
static bool fetch_pooled(struct store_refetch *r, const struct lock *l, const struct lock_index *x,
	struct fetch_item item, const uint8_t *sha256, struct err *e)
{
	memcpy(item.sha256, sha256, SHA256_SIZE);
	return fetch_where(&item, r->access.mirrors, l->suites[x->suite].archive, r->arena, e) &&
	       fetch_all(r->access.store, &item, 1, NULL, e);
}

static bool fetch_package(
	struct store_refetch *r, const struct lock *l, const struct lock_package *p, struct err *e)
{
	return fetch_pooled(r, l, &l->indexes[p->index],
		(struct fetch_item){ .path = p->path, .size = p->size }, p->sha256, e);
}

/* *named: it is a file of a source package. */
static bool fetch_source(struct store_refetch *r, const struct lock *l, const uint8_t *sha256,
	bool *named, struct err *e)
{
	for (size_t i = 0; i < l->n_sources; i++) {
		const struct lock_source *src = &l->sources[i];

		for (size_t f = 0; f < src->n_files; f++) {
			struct fetch_item item = { .size = src->files[f].size };

			if (!is(src->files[f].sha256, sha256))
				continue;
			*named = true;
			item.path = lock_source_path(src, &src->files[f], r->arena);
			return item.path.p ? fetch_pooled(r, l, &l->source_indexes[src->index],
						     item, sha256, e)
					   : arena_full(r->arena, e);
		}
	}
	*named = false;
	return err_set(e, ERR_NOTFOUND, "no lock names it");
}

static bool fetch_index(
	struct store_refetch *r, const struct lock *l, const struct lock_index *x, struct err *e)
{
	const struct lock_suite *s = &l->suites[x->suite];
	struct err first = { 0 };

	return archive_fetch_index(&r->access, s, true, x, &first) ||
	       archive_fetch_index(&r->access, s, false, x, e);
}

static bool fetch_from(struct store_refetch *r, const struct lock *l, const uint8_t *sha256,
	bool *named, struct err *e)
{
	*named = true;
	for (size_t i = 0; i < l->n_packages; i++)
		if (is(l->packages[i].sha256, sha256))
			return fetch_package(r, l, &l->packages[i], e);
	for (size_t i = 0; i < l->n_indexes; i++)
		if (is(l->indexes[i].sha256, sha256))
			return fetch_index(r, l, &l->indexes[i], e);
	for (size_t i = 0; i < l->n_suites; i++)
		if (is(l->suites[i].release_sha256, sha256))
			return archive_fetch_release(&r->access, &l->suites[i], e);
	for (size_t i = 0; i < l->n_source_indexes; i++)
		if (is(l->source_indexes[i].sha256, sha256))
			return fetch_index(r, l, &l->source_indexes[i], e);
	return fetch_source(r, l, sha256, named, e);
}

bool store_refetch(struct store_refetch *r, const uint8_t sha256[static SHA256_SIZE], bool *named,
	struct err *e)
{
	*named = false;
	for (size_t i = 0; i < r->n_locks; i++) {
		if (fetch_from(r, &r->locks[i], sha256, named, e))
			return true;
		if (*named)
			return false;
	}
	return err_set(e, ERR_NOTFOUND, "no lock names it");
}
