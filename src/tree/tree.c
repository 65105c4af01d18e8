#include "tree/tree.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tree/tree_entries.h"
#include "base/banned.h"

struct tree *tree_new(size_t max_bytes)
{
	struct tree *t = MEM_NEW(struct tree);

	t->arena = arena_new(max_bytes);
	t->by_path = map_new();
	t->last_preference = &t->preferences;
	return t;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	map_free(t->by_path);
	arena_free(t->arena);
	free(t->entries);
	free(t->nodes);
	free(t);
}

void tree_freep(struct tree **t)
{
	tree_free(*t);
}

struct arena *tree_arena(struct tree *t)
{
	return t->arena;
}

static const char *kind_name(enum node_kind kind)
{
	static const char *const names[] = {
		[NODE_FOLDER] = "folder",
		[NODE_FILE] = "file",
		[NODE_LINK] = "symbolic link",
		[NODE_CHARDEV] = "character device",
		[NODE_BLOCKDEV] = "block device",
		[NODE_FIFO] = "fifo",
	};

	return names[kind];
}

static bool check_target(const struct node *n, struct err *e)
{
	if (n->target.n == 0 || n->target.n > TREE_PATH_MAX)
		return err_set(e, ERR_FORMAT,
			"'%.*s' is a symbolic link with a target of %zu bytes, wanted 1 to %d",
			STR_ARG(n->path), n->target.n, TREE_PATH_MAX);
	for (size_t i = 0; i < n->target.n; i++) {
		unsigned char c = (unsigned char)n->target.p[i];

		if (c < 0x20 || c == 0x7f)
			return err_set(e, ERR_FORMAT,
				"'%.*s' is a symbolic link with a control character in its target",
				STR_ARG(n->path));
	}
	return true;
}

static bool check_xattrs(const struct node *n, struct err *e)
{
	if (n->n_xattrs > TREE_XATTRS_MAX)
		return err_set(e, ERR_LIMIT, "'%.*s' has %zu extended attributes, limit %d",
			STR_ARG(n->path), n->n_xattrs, TREE_XATTRS_MAX);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		const struct xattr *x = &n->xattrs[i];

		if (x->name.n == 0 || x->name.n > TREE_NAME_MAX ||
			memchr(x->name.p, 0, x->name.n) || x->value.n > TREE_XATTR_VALUE_MAX)
			return err_set(e, ERR_LIMIT,
				"'%.*s' has an extended attribute with a name of %zu and a value of %zu bytes, limits %d and %d",
				STR_ARG(n->path), x->name.n, x->value.n, TREE_NAME_MAX,
				TREE_XATTR_VALUE_MAX);
		if (i > 0 && str_compare(n->xattrs[i - 1].name, x->name) >= 0)
			return err_set(e, ERR_FORMAT,
				"'%.*s' has extended attributes that are not sorted or not unique",
				STR_ARG(n->path));
	}
	return true;
}

static bool check_node(const struct tree *t, const struct node *n, struct err *e)
{
	if (t->finished)
		return err_set(e, ERR_INTERNAL, "'%.*s' comes after the tree was finished",
			STR_ARG(n->path));
	if (!tree_check_path(n->path, e))
		return false;
	if (n->path.n == 0 && n->kind != NODE_FOLDER)
		return err_set(
			e, ERR_FORMAT, "the root is a %s, wanted a folder", kind_name(n->kind));
	if (n->mode & ~07777u)
		return err_set(e, ERR_FORMAT, "'%.*s' has mode 0%o, wanted at most 07777",
			STR_ARG(n->path), n->mode);
	if (n->kind == NODE_FILE && n->content.size && !n->content.source)
		return err_set(e, ERR_INTERNAL, "'%.*s' has %llu bytes that come from nowhere",
			STR_ARG(n->path), (unsigned long long)n->content.size);
	return (n->kind != NODE_LINK || check_target(n, e)) && check_xattrs(n, e);
}

static bool copy_xattrs(struct arena *a, struct node *n, struct err *e)
{
	struct xattr *copies = ARENA_ARRAY(a, n->n_xattrs, struct xattr);

	if (!copies)
		return arena_full(a, e);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		uint8_t *value = arena_alloc(a, n->xattrs[i].value.n);

		copies[i].name = arena_str(a, n->xattrs[i].name);
		if (!copies[i].name.p || !value)
			return arena_full(a, e);
		if (n->xattrs[i].value.n)
			memcpy(value, n->xattrs[i].value.p, n->xattrs[i].value.n);
		copies[i].value = span_make(value, n->xattrs[i].value.n);
	}
	n->xattrs = copies;
	return true;
}

/* *ret becomes a copy of n whose strings are the tree's; the path stays as it is, the caller knows whose that is. */
static bool copy_node(struct tree *t, struct node *ret, const struct node *n, struct err *e)
{
	struct node copy = *n;

	if (t->last_origin.p && str_equal(t->last_origin, n->origin))
		copy.origin = t->last_origin;
	else
		copy.origin = t->last_origin = arena_str(t->arena, n->origin);
	copy.target = n->kind == NODE_LINK ? arena_str(t->arena, n->target) : (struct str){ 0 };
	if (!copy.origin.p || (n->kind == NODE_LINK && !copy.target.p))
		return arena_full(t->arena, e);
	if (n->kind != NODE_FILE) {
		copy.content = (struct content){ 0 };
		copy.inode = 0;
	}
	if (n->kind != NODE_CHARDEV && n->kind != NODE_BLOCKDEV)
		copy.dev_major = copy.dev_minor = 0;
	if (n->n_xattrs && !copy_xattrs(t->arena, &copy, e))
		return false;
	*ret = copy;
	return true;
}

bool tree_same_xattrs(const struct node *a, const struct node *b)
{
	if (a->n_xattrs != b->n_xattrs)
		return false;
	for (size_t i = 0; i < a->n_xattrs; i++)
		if (!str_equal(a->xattrs[i].name, b->xattrs[i].name) ||
			!span_equal(a->xattrs[i].value, b->xattrs[i].value))
			return false;
	return true;
}

static bool append(struct tree *t, const struct node *n, struct err *e)
{
	struct entry *entry;

	if (t->n >= TREE_NODES_MAX)
		return err_set(e, ERR_LIMIT, "a tree of more than %d paths", TREE_NODES_MAX);
	entry = ARENA_NEW(t->arena, struct entry);
	if (!entry)
		return arena_full(t->arena, e);
	if (!copy_node(t, &entry->node, n, e))
		return false;
	entry->node.path = arena_str(t->arena, n->path);
	if (!entry->node.path.p)
		return arena_full(t->arena, e);
	if (t->n == t->room) {
		t->room = t->room ? t->room * 2 : 1024;
		t->entries = mem_grow(t->entries, t->room, sizeof(struct entry *));
	}
	t->entries[t->n++] = entry;
	map_add(t->by_path, entry->node.path, entry);
	return true;
}

static bool overwrite(struct tree *t, struct entry *entry, const struct node *n, struct err *e)
{
	struct str path = entry->node.path;

	if (!copy_node(t, &entry->node, n, e))
		return false;
	entry->node.path = path;
	entry->gone = false;
	return true;
}

/* The folder that both want; the later time stays, so that the order of adding does not matter. */
static bool merge_folders(struct node *was, const struct node *n)
{
	if (was->kind != NODE_FOLDER || n->kind != NODE_FOLDER || was->mode != n->mode ||
		was->uid != n->uid || was->gid != n->gid || !tree_same_xattrs(was, n))
		return false;
	if (n->mtime_unix > was->mtime_unix)
		was->mtime_unix = n->mtime_unix;
	return true;
}

/* The origin that tree_prefer named for this path, if it is one of the two. */
static struct str preferred(const struct tree *t, const struct node *a, const struct node *b)
{
	for (const struct preference *p = t->preferences; p; p = p->next)
		if ((str_equal(p->origin, a->origin) || str_equal(p->origin, b->origin)) &&
			str_glob(p->glob, a->path))
			return p->origin;
	return (struct str){ 0 };
}

static bool claimed_twice(const struct node *was, const struct node *n, struct err *e)
{
	if (was->kind == NODE_FOLDER && n->kind == NODE_FOLDER)
		err_set(e, ERR_MISMATCH,
			"'%.*s' is claimed twice: a folder 0%o %u:%u by %.*s, 0%o %u:%u by %.*s",
			STR_ARG(n->path), was->mode, was->uid, was->gid, STR_ARG(was->origin),
			n->mode, n->uid, n->gid, STR_ARG(n->origin));
	else
		err_set(e, ERR_MISMATCH, "'%.*s' is claimed twice: a %s by %.*s, a %s by %.*s",
			STR_ARG(n->path), kind_name(was->kind), STR_ARG(was->origin),
			kind_name(n->kind), STR_ARG(n->origin));
	return err_hint(e, "say under 'prefer' in assay.yaml which of the two wins");
}

bool tree_add(struct tree *t, const struct node *n, struct err *e)
{
	struct entry *was;
	struct str winner;

	if (!check_node(t, n, e))
		return false;
	was = map_get(t->by_path, n->path);
	if (!was)
		return append(t, n, e);
	if (was->gone)
		return overwrite(t, was, n, e);
	if (merge_folders(&was->node, n))
		return true;
	winner = preferred(t, &was->node, n);
	if (!winner.p || str_equal(was->node.origin, n->origin))
		return claimed_twice(&was->node, n, e);
	return str_equal(winner, was->node.origin) || overwrite(t, was, n, e);
}

bool tree_replace(struct tree *t, const struct node *n, struct err *e)
{
	struct entry *was;

	if (!check_node(t, n, e))
		return false;
	was = map_get(t->by_path, n->path);
	if (!was)
		return append(t, n, e);
	if (!was->gone && was->node.kind == NODE_FOLDER && n->kind != NODE_FOLDER)
		return err_set(e, ERR_MISMATCH,
			"'%.*s' is a folder of %.*s, and %.*s would put a %s in its place",
			STR_ARG(n->path), STR_ARG(was->node.origin), STR_ARG(n->origin),
			kind_name(n->kind));
	return overwrite(t, was, n, e);
}

bool tree_prefer(struct tree *t, struct str glob, struct str origin, struct err *e)
{
	struct preference *p = ARENA_NEW(t->arena, struct preference);

	if (!p)
		return arena_full(t->arena, e);
	p->glob = arena_str(t->arena, glob);
	p->origin = arena_str(t->arena, origin);
	if (!p->glob.p || !p->origin.p)
		return arena_full(t->arena, e);
	*t->last_preference = p;
	t->last_preference = &p->next;
	return true;
}

/* Whether the glob matches the path or a folder above it; the root cannot be removed. */
static bool covers(struct str glob, struct str path)
{
	for (; path.n; path = tree_parent(path))
		if (str_glob(glob, path))
			return true;
	return false;
}

void tree_remove(struct tree *t, struct str glob, size_t *n_ret)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->entries[i]->gone || !covers(glob, t->entries[i]->node.path))
			continue;
		t->entries[i]->gone = true;
		n++;
	}
	*n_ret = n;
}

bool tree_remove_node(struct tree *t, struct str path)
{
	struct entry *entry = map_get(t->by_path, path);

	if (!entry || entry->gone || entry->node.kind == NODE_FOLDER)
		return false;
	entry->gone = true;
	return true;
}

const struct node *tree_find(const struct tree *t, struct str path)
{
	const struct entry *entry = map_get(t->by_path, path);

	return entry && !entry->gone ? &entry->node : NULL;
}
