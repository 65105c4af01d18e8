#include "build/input_tree_inside.h"

#include <limits.h>
#include <stdlib.h>

#include "base/hex.h"
#include "build/component_source.h"
#include "build/source_list.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "tree/folder.h"
#include "base/banned.h"

enum { HEX = 2 * SHA256_SIZE + 1 };

/* Git trees and tarballs, where a mirror that the user names is asked for them. One may serve several components. */
static bool add_fetched(struct input_tree *m, const struct component *c, struct err *e)
{
	const struct source_request *r = &c->source;
	struct str path;
	char hex[HEX];

	if (!r->pinned || m->is_small)
		return true;
	hex_write(hex, r->sha256, SHA256_SIZE);
	path = arena_printf(m->a, "sources/%s", hex);
	return (path.p && tree_find(m->t, path)) || input_tree_add(m, path, r->sha256, e);
}

/* How many "../" a folder of the description starts with. */
static size_t count_up(struct str folder)
{
	size_t n = 0;

	while ((n + 1) * 3 <= folder.n && memcmp(folder.p + 3 * n, "../", 3) == 0)
		n++;
	return n + (folder.n == 3 * n + 2 && memcmp(folder.p + 3 * n, "..", 2) == 0);
}

/* As many components of the description's real path as its folders reach above it. */
static bool place_description(struct input_tree *m, struct err *e)
{
	const struct description *d = &m->in->description;
	struct str dir = arena_str(m->a, d->dir);
	char real[PATH_MAX];
	size_t up = 0, at;

	for (size_t i = 0; i < d->n_components; i++) {
		size_t n = count_up(d->components[i].from);

		up = n > up ? n : up;
	}
	for (size_t i = 0; i < d->overlays.n; i++) {
		size_t n = count_up(d->overlays.items[i]);

		up = n > up ? n : up;
	}
	if (!dir.p)
		return arena_full(m->a, e);
	if (!realpath(dir.p, real))
		return err_os(e, "cannot open '%s'", dir.p);
	at = strlen(real);
	for (size_t n = 0; n < up && at; n++)
		for (at--; at && real[at] != '/';)
			at--;
	if (up && !real[at])
		return err_set(e, ERR_NOTFOUND, "a folder of assay.yaml lies above the root");
	m->folder = arena_printf(m->a, "source%s", up ? real + at : "");
	return m->folder.p || arena_full(m->a, e);
}

/* Where a folder that the description names lies in the tree; p NULL when the arena is full. */
static struct str place_of(struct input_tree *m, struct str folder)
{
	size_t up = count_up(folder), skip = 3 * up < folder.n ? 3 * up : folder.n;
	struct str base = m->folder, rest = str_make(folder.p + skip, folder.n - skip);

	for (size_t i = 0; i < up; i++)
		base = tree_parent(base);
	if (!rest.n || str_is(rest, "."))
		return arena_str(m->a, base);
	return arena_printf(m->a, "%.*s/%.*s", STR_ARG(base), STR_ARG(rest));
}

/* What was just added to source/ goes into its list, under its path there. */
static bool list_source(struct input_tree *m, struct str path, struct err *e)
{
	size_t skip = path.n > strlen(SOURCE_LIST_FOLDER "/") ? strlen(SOURCE_LIST_FOLDER "/")
							      : path.n;
	struct node n = *tree_find(m->t, path);

	n.path = str_make(path.p + skip, path.n - skip);
	return entry_parents(m->sources, n.path, INPUT_TREE_ORIGIN, e) &&
	       tree_add(m->sources, &n, e);
}

/* Folders that the description names may overlap: the same file is there once. */
static bool add_once(struct input_tree *m, const struct node *n, struct err *e)
{
	const struct node *was = tree_find(m->t, n->path);
	bool same = was && was->kind == n->kind && was->mode == n->mode;

	if (same && (n->kind == NODE_FOLDER ||
			    (n->kind == NODE_LINK && str_equal(was->target, n->target)) ||
			    (n->kind == NODE_FILE && memcmp(was->content.sha256, n->content.sha256,
							     SHA256_SIZE) == 0)))
		return true;
	return entry_parents(m->t, n->path, INPUT_TREE_ORIGIN, e) && tree_add(m->t, n, e) &&
	       list_source(m, n->path, e);
}

static bool put_file(void *ctx, int fd, struct content *ret, struct err *e)
{
	struct input_tree *m = ctx;
	CLEANUP(buf_done) struct buf bytes = { 0 };
	uint8_t sha256[SHA256_SIZE];

	return file_read_fd(fd, "a file of an overlay", INPUT_TREE_FILE_MAX, &bytes, e) &&
	       store_put(m->s, buf_span(&bytes), sha256, e) &&
	       input_tree_content(m, sha256, ret, e);
}

static bool add_overlay(struct input_tree *m, struct str overlay, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(INPUT_TREE_MEMORY_MAX);
	const struct folder_put put = { put_file, m };
	struct str folder = arena_printf(
		m->a, "%.*s/%.*s", STR_ARG(m->in->description.dir), STR_ARG(overlay));
	struct str place = place_of(m, overlay);
	const struct node *nodes;
	size_t n;

	if (!folder.p || !place.p)
		return arena_full(m->a, e);
	if (!tree_from_folder(t, AT_FDCWD, folder.p, place, STR(INPUT_TREE_ORIGIN), &put, e) ||
		!tree_finish(t, m->in->source_date_epoch, e))
		return false;
	nodes = tree_nodes(t, &n);
	for (size_t i = 0; i < n; i++)
		if (!add_once(m, &nodes[i], e))
			return false;
	return true;
}

static bool add_folder(struct input_tree *m, const struct component *c, struct err *e)
{
	struct str folder = arena_printf(
		m->a, "%.*s/%.*s", STR_ARG(m->in->description.dir), STR_ARG(c->from));
	struct str place = place_of(m, c->from);
	const struct component_source *sources;
	size_t n;

	if (!folder.p || !place.p)
		return arena_full(m->a, e);
	if (!component_source_collect(&sources, &n, m->s, folder.p, &c->files, m->a, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct node file = { .kind = NODE_FILE, .origin = STR(INPUT_TREE_ORIGIN) };

		file.path = arena_printf(
			m->a, "%.*s/%.*s", STR_ARG(place), STR_ARG(sources[i].path));
		file.mode = sources[i].executable ? 0755 : 0644;
		if (!file.path.p)
			return arena_full(m->a, e);
		if (!input_tree_content(m, sources[i].sha256, &file.content, e) ||
			!add_once(m, &file, e))
			return false;
	}
	return true;
}

static bool add_source_text(
	struct input_tree *m, const char *name, struct span bytes, struct err *e)
{
	struct str path = arena_printf(m->a, "%.*s/%s", STR_ARG(m->folder), name);

	if (!path.p)
		return arena_full(m->a, e);
	if (tree_find(m->t, path))
		return true;
	return input_tree_text(m, m->folder, name, bytes, e) && list_source(m, path, e);
}

bool input_tree_description(struct input_tree *m, struct err *e)
{
	const struct description *d = &m->in->description;
	CLEANUP(buf_done) struct buf lock = buf_init(LOCK_SIZE_MAX);

	lock_emit(&m->in->lock, &lock);
	if (!place_description(m, e))
		return false;
	for (size_t i = 0; i < d->overlays.n; i++)
		if (!add_overlay(m, d->overlays.items[i], e))
			return err_wrap(e, "overlay '%.*s'", STR_ARG(d->overlays.items[i]));
	for (size_t i = 0; i < d->n_components; i++)
		if (d->components[i].source.kind == SOURCE_FOLDER
				? !add_folder(m, &d->components[i], e)
				: !add_fetched(m, &d->components[i], e))
			return err_wrap(e, "component '%.*s'", STR_ARG(d->components[i].name));
	return add_source_text(m, "assay.yaml", str_span(d->text), e) &&
	       add_source_text(m, "assay.lock", buf_span(&lock), e) &&
	       entry_link(m->t, STR("description"), m->folder, INPUT_TREE_ORIGIN, e);
}

bool input_tree_list(struct input_tree *m, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(SOURCE_LIST_SIZE_MAX);
	size_t skip = m->folder.n > strlen(SOURCE_LIST_FOLDER "/") ? strlen(SOURCE_LIST_FOLDER "/")
								   : m->folder.n;

	if (!tree_finish(m->sources, m->in->source_date_epoch, e))
		return false;
	source_list_emit(m->sources, str_make(m->folder.p + skip, m->folder.n - skip), &text);
	return buf_ok(&text) ? input_tree_text(m, STR(""), SOURCE_LIST, buf_span(&text), e)
			     : buf_full(&text, SOURCE_LIST, e);
}
