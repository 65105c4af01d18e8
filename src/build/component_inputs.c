#include "build/component_inputs.h"

#include "build/component_source.h"
#include "sys/file.h"
#include "base/banned.h"

/* One archive; path is for people: what the manifest says of it. */
static bool add_archive(struct component_result *ret, struct store *s, struct str path,
	const uint8_t sha256[static SHA256_SIZE], struct component_source *item, struct err *e)
{
	CLEANUP(file_closep) int fd = store_open_object(s, sha256, &item->size, e);

	if (fd < 0) {
		if (e->kind != ERR_NOTFOUND)
			return false;
		err_set(e, ERR_NOTFOUND, "its source '%.*s' is not in the store", STR_ARG(path));
		return err_hint(e, "assay fetch brings it there");
	}
	item->path = path;
	memcpy(item->sha256, sha256, SHA256_SIZE);
	ret->n_sources++;
	return true;
}

static bool from_git(struct component_result *ret, struct store *s, const struct component *c,
	struct arena *a, struct err *e)
{
	struct component_source *item = ARENA_NEW(a, struct component_source);
	struct str path = arena_printf(a, "git-%.*s.tar", STR_ARG(c->source.commit));

	if (!item || !path.p)
		return arena_full(a, e);
	if (!c->source.pinned) {
		err_set(e, ERR_MISMATCH, "the tree of its git commit is not pinned");
		return err_hint(e, "assay fetch says what its sha256 is");
	}
	ret->sources = item;
	return add_archive(ret, s, path, c->source.sha256, item, e);
}

static bool from_tarball(struct component_result *ret, struct store *s, const struct component *c,
	struct arena *a, struct err *e)
{
	struct component_source *item = ARENA_NEW(a, struct component_source);
	struct str place = c->source.path.n ? c->source.path : c->source.url;

	if (!item)
		return arena_full(a, e);
	ret->sources = item;
	return add_archive(ret, s, tree_name(place), c->source.sha256, item, e);
}

/* What no build reads is told of and need not be there. */
static bool add_source_file(struct component_result *ret, struct store *s,
	const struct lock_file *f, struct component_source *item, struct err *e)
{
	if (lock_source_file_is_read(f))
		return add_archive(ret, s, f->name, f->sha256, item, e);
	item->path = f->name;
	item->size = f->size;
	memcpy(item->sha256, f->sha256, SHA256_SIZE);
	ret->n_sources++;
	return true;
}

static bool from_debian(struct component_result *ret, struct store *s, const struct lock *l,
	const struct component *c, struct arena *a, struct err *e)
{
	const struct lock_source *src = lock_source_find(l, &c->source);
	struct component_source *items;

	if (!src)
		return err_set(e, ERR_NOTFOUND, "the lock has no source package '%.*s'",
			STR_ARG(c->source.name));
	items = ARENA_ARRAY(a, src->n_files, struct component_source);
	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < src->n_files; i++)
		if (!add_source_file(ret, s, &src->files[i], &items[i], e))
			return false;
	ret->sources = items;
	ret->debian = src;
	return true;
}

static bool from_folder(struct component_result *ret, struct store *s, const struct description *d,
	const struct component *c, struct arena *a, struct err *e)
{
	struct str folder = arena_printf(a, "%.*s/%.*s", STR_ARG(d->dir), STR_ARG(c->from));

	if (!folder.p)
		return arena_full(a, e);
	if (component_source_collect(&ret->sources, &ret->n_sources, s, folder.p, &c->files, a, e))
		return true;
	if (e->kind == ERR_NOTFOUND && !e->hint[0])
		err_hint(e, "its 'from:' in assay.yaml starts at the folder of assay.yaml");
	return false;
}

bool component_inputs(struct component_result *ret, struct store *s, const struct lock *l,
	const struct description *d, const struct component *c, struct arena *a, struct err *e)
{
	switch (c->source.kind) {
	case SOURCE_GIT:
		return from_git(ret, s, c, a, e);
	case SOURCE_TARBALL:
		return from_tarball(ret, s, c, a, e);
	case SOURCE_DEBIAN:
		return from_debian(ret, s, l, c, a, e);
	default:
		return from_folder(ret, s, d, c, a, e);
	}
}
