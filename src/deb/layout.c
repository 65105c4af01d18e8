#include "deb/layout.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/banned.h"

struct layout {
	struct arena *arena;
	struct map *by_path;
	struct node **nodes;
	size_t n, room;
	uint32_t n_inodes;
};

static const char *const merged[] = { "bin", "sbin", "lib", "lib64", "lib32", "libx32", "libo32" };

struct layout *layout_new(struct arena *a)
{
	struct layout *l = MEM_NEW(struct layout);

	l->arena = a;
	l->by_path = map_new();
	return l;
}

void layout_free(struct layout *l)
{
	if (!l)
		return;
	map_free(l->by_path);
	free(l->nodes);
	free(l);
}

void layout_freep(struct layout **l)
{
	layout_free(*l);
}

static bool is_merged(struct str top)
{
	for (size_t i = 0; i < ARRAY_LEN(merged); i++)
		if (str_is(top, merged[i]))
			return true;
	return false;
}

/* Without the "./" that tar puts before names and the "/" after those of folders. */
static struct str strip(struct str name)
{
	if (str_is(name, ".") || str_is(name, "./"))
		return str_make(name.p, 0);
	if (str_starts(name, "./")) {
		name.p += 2;
		name.n -= 2;
	}
	if (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	return name;
}

bool layout_path(
	struct layout *l, struct str name, enum node_kind kind, struct str *ret, struct err *e)
{
	struct str path = strip(name), top, rest;
	bool below;

	if (name.n == 0)
		return err_set(e, ERR_FORMAT, "an entry without a name");
	if (!tree_check_path(path, e))
		return false;
	below = str_cut(path, '/', &top, &rest);
	if (is_merged(top) && (below || kind == NODE_FOLDER))
		*ret = arena_printf(l->arena, "usr/%.*s", STR_ARG(path));
	else
		*ret = arena_str(l->arena, path);
	return ret->p ? tree_check_path(*ret, e) : arena_full(l->arena, e);
}

/* "bin" as anything but the folder must be the link that the merged layout has. */
static bool check_merged(const struct node *n, struct err *e)
{
	struct str target = n->target;

	if (!is_merged(n->path))
		return true;
	if (str_starts(target, "/")) {
		target.p++;
		target.n--;
	}
	if (n->kind == NODE_LINK && str_starts(target, "usr/") &&
		str_equal(str_make(target.p + 4, target.n - 4), n->path))
		return true;
	return err_set(e, ERR_FORMAT, "'%.*s' is not a folder or a link to usr/%.*s",
		STR_ARG(n->path), STR_ARG(n->path));
}

static bool same_folder(const struct node *a, const struct node *b)
{
	return a->kind == NODE_FOLDER && b->kind == NODE_FOLDER && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid && a->n_xattrs == 0 && b->n_xattrs == 0;
}

struct node *layout_add(struct layout *l, const struct node *n, struct err *e)
{
	struct node *was = map_get(l->by_path, n->path), *copy;

	if (was && same_folder(was, n))
		return was;
	if (was) {
		err_set(e, ERR_FORMAT, "'%.*s' is there twice", STR_ARG(n->path));
		return NULL;
	}
	if (!check_merged(n, e))
		return NULL;
	if (l->n == LAYOUT_NODES_MAX) {
		err_set(e, ERR_LIMIT, "more than %d entries", LAYOUT_NODES_MAX);
		return NULL;
	}
	copy = ARENA_NEW(l->arena, struct node);
	if (!copy) {
		arena_full(l->arena, e);
		return NULL;
	}
	*copy = *n;
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 256;
		l->nodes = mem_grow(l->nodes, l->room, sizeof *l->nodes);
	}
	l->nodes[l->n++] = copy;
	map_add(l->by_path, copy->path, copy);
	return copy;
}

struct node *layout_linked(struct layout *l, struct str path, struct err *e)
{
	struct node *n = map_get(l->by_path, path);

	if (!n || n->kind != NODE_FILE) {
		err_set(e, ERR_FORMAT, "a hard link to '%.*s', which is no file before it",
			STR_ARG(path));
		return NULL;
	}
	if (n->inode == 0)
		n->inode = ++l->n_inodes;
	return n;
}

bool layout_check(const struct layout *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct str path = l->nodes[i]->path;

		for (struct str p = tree_parent(path); p.n; p = tree_parent(p)) {
			const struct node *n = map_get(l->by_path, p);

			if (n && n->kind != NODE_FOLDER)
				return err_set(e, ERR_FORMAT,
					"'%.*s' runs through '%.*s', which is not a folder",
					STR_ARG(path), STR_ARG(p));
		}
	}
	return true;
}

struct node *const *layout_nodes(const struct layout *l, size_t *n)
{
	*n = l->n;
	return l->nodes;
}
