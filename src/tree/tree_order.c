#include "tree/tree.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tree/tree_entries.h"
#include "base/banned.h"

/* Paths are unique, so the order is total. */
static int by_path(const void *a, const void *b)
{
	const struct entry *const *x = a, *const *y = b;

	return tree_path_compare((*x)->node.path, (*y)->node.path);
}

static bool check_parent(const struct tree *t, const struct node *n, struct err *e)
{
	struct str path = tree_parent(n->path);
	const struct node *parent = tree_find(t, path);

	if (!parent)
		return err_set(e, ERR_FORMAT,
			"'%.*s' of %.*s lies in '/%.*s', which nothing provides", STR_ARG(n->path),
			STR_ARG(n->origin), STR_ARG(path));
	if (parent->kind != NODE_FOLDER)
		return err_set(e, ERR_FORMAT,
			"'%.*s' of %.*s lies in '/%.*s', which is not a folder as %.*s has it",
			STR_ARG(n->path), STR_ARG(n->origin), STR_ARG(path),
			STR_ARG(parent->origin));
	return true;
}

/* One inode has one mode, owner, time and content, whatever its names. */
static bool same_inode(const struct node *a, const struct node *b, struct err *e)
{
	if (a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
		a->mtime_unix == b->mtime_unix && a->content.size == b->content.size &&
		ct_equal(a->content.sha256, b->content.sha256, SHA256_SIZE) &&
		tree_same_xattrs(a, b))
		return true;
	return err_set(e, ERR_MISMATCH,
		"'%.*s' and '%.*s' are names of one file but differ in mode, owner, time or content",
		STR_ARG(a->path), STR_ARG(b->path));
}

/* Inode numbers belong to their origin: two packages both start at 1. */
static int by_inode(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;
	int c = str_compare((*x)->origin, (*y)->origin);

	if (c == 0 && (*x)->inode != (*y)->inode)
		c = (*x)->inode < (*y)->inode ? -1 : 1;
	return c ? c : tree_path_compare((*x)->path, (*y)->path);
}

static bool one_file(const struct node *a, const struct node *b)
{
	return a->inode == b->inode && str_equal(a->origin, b->origin);
}

/*
 * Leaves at the first path of every file with several names the number of its first node (its position + 1) and the
 * same number at the others; a name that is alone gets 0. `linked` are the nodes with a number, sorted by_inode.
 */
static bool join_names(struct node *nodes, struct node **linked, size_t n, struct err *e)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && one_file(linked[i], linked[end]); end++)
			if (!same_inode(linked[i], linked[end], e))
				return false;
		/* linked[i] is compared with until here: it changes last. */
		for (size_t k = end; k-- > i;)
			linked[k]->inode = end - i == 1 ? 0 : (uint32_t)(linked[i] - nodes) + 1;
	}
	return true;
}

/* From positions to 1, 2, ... in the order of the first path. */
static void renumber(struct node *nodes, size_t n)
{
	uint32_t next = 1;

	for (size_t i = 0; i < n; i++) {
		struct node *x = &nodes[i];

		if (x->inode)
			x->inode = x->inode == i + 1 ? next++ : nodes[x->inode - 1].inode;
	}
}

static bool number_inodes(struct node *nodes, size_t n, struct err *e)
{
	CLEANUP(mem_free) struct node **linked = mem_array(n, sizeof(struct node *));
	size_t n_linked = 0;

	for (size_t i = 0; i < n; i++)
		if (nodes[i].inode)
			linked[n_linked++] = &nodes[i];
	if (n_linked)
		qsort(linked, n_linked, sizeof *linked, by_inode);
	if (!join_names(nodes, linked, n_linked, e))
		return false;
	renumber(nodes, n);
	return true;
}

/* Copies of the living nodes in order, times clamped or filled in; *n_ret counts. */
static struct node *living(struct tree *t, int64_t clamp_unix, size_t *n_ret)
{
	struct node *nodes = mem_array(t->n, sizeof *nodes);
	size_t n = 0;

	if (t->n)
		qsort(t->entries, t->n, sizeof(struct entry *), by_path);
	for (size_t i = 0; i < t->n; i++) {
		if (t->entries[i]->gone)
			continue;
		nodes[n] = t->entries[i]->node;
		if (nodes[n].mtime_unix > clamp_unix || nodes[n].mtime_unix == 0)
			nodes[n].mtime_unix = clamp_unix;
		n++;
	}
	*n_ret = n;
	return nodes;
}

bool tree_finish(struct tree *t, int64_t clamp_unix, struct err *e)
{
	CLEANUP(mem_free) struct node *nodes = NULL;
	size_t n;

	if (t->finished)
		return err_set(e, ERR_INTERNAL, "the tree is finished already");
	nodes = living(t, clamp_unix, &n);
	if (n == 0 || nodes[0].path.n != 0)
		return err_set(e, ERR_FORMAT, "the tree has no root folder");
	for (size_t i = 1; i < n; i++)
		if (!check_parent(t, &nodes[i], e))
			return false;
	if (!number_inodes(nodes, n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		((struct entry *)map_get(t->by_path, nodes[i].path))->node = nodes[i];
	t->nodes = TAKE(nodes);
	t->n_nodes = n;
	t->finished = true;
	return true;
}

const struct node *tree_nodes(const struct tree *t, size_t *n)
{
	assert(t->finished);
	*n = t->n_nodes;
	return t->nodes;
}

static void add_u64(struct hasher *h, uint64_t v)
{
	uint8_t bytes[8];

	put_u64le(bytes, v);
	hasher_add(h, bytes, sizeof bytes);
}

static void add_bytes(struct hasher *h, const void *p, size_t n)
{
	add_u64(h, n);
	if (n)
		hasher_add(h, p, n);
}

/*
 * Numbers as 64-bit little-endian, strings with their length before them: path, kind, mode, uid, gid, time, inode,
 * device, target, size, content digest, xattrs with their count before them.
 */
static void add_node(struct hasher *h, const struct node *n)
{
	add_bytes(h, n->path.p, n->path.n);
	add_u64(h, (uint64_t)n->kind);
	add_u64(h, n->mode);
	add_u64(h, n->uid);
	add_u64(h, n->gid);
	add_u64(h, (uint64_t)n->mtime_unix);
	add_u64(h, n->inode);
	add_u64(h, n->dev_major);
	add_u64(h, n->dev_minor);
	add_bytes(h, n->target.p, n->target.n);
	add_u64(h, n->content.size);
	if (n->kind == NODE_FILE && n->content.size)
		hasher_add(h, n->content.sha256, SHA256_SIZE);
	add_u64(h, n->n_xattrs);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		add_bytes(h, n->xattrs[i].name.p, n->xattrs[i].name.n);
		add_bytes(h, n->xattrs[i].value.p, n->xattrs[i].value.n);
	}
}

void tree_digest(const struct tree *t, uint8_t out[static SHA256_SIZE])
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);

	assert(t->finished);
	add_bytes(h, "assay.tree/1", 12);
	add_u64(h, t->n_nodes);
	for (size_t i = 0; i < t->n_nodes; i++)
		add_node(h, &t->nodes[i]);
	hasher_end(h, out);
}
