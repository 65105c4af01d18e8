#include "rootfs/entry.h"

#include "base/mem.h"
#include "base/banned.h"

enum { LINKS_MAX = 8 };

bool entry_parents(struct tree *t, struct str path, const char *origin, struct err *e)
{
	struct str parent = tree_parent(path);

	if (parent.n == 0 || tree_find(t, parent))
		return true;
	return entry_parents(t, parent, origin, e) && entry_folder(t, parent, origin, e);
}

static bool add(struct tree *t, struct node *n, const char *origin, bool over, struct err *e)
{
	n->origin = str_of(origin);
	if (!entry_parents(t, n->path, origin, e))
		return false;
	return over ? tree_replace(t, n, e) : tree_add(t, n, e);
}

static bool add_file(struct tree *t, struct str path, struct span bytes, uint32_t mode,
	const char *origin, bool over, struct err *e)
{
	struct node n = { .path = path, .kind = NODE_FILE, .mode = mode };
	struct content_memory *m = ARENA_NEW(tree_arena(t), struct content_memory);
	struct str copy = arena_str(tree_arena(t), str_make((const char *)bytes.p, bytes.n));

	if (!m || !copy.p)
		return arena_full(tree_arena(t), e);
	content_of_memory(&n.content, m, str_span(copy));
	return add(t, &n, origin, over, e);
}

bool entry_file(struct tree *t, struct str path, struct span bytes, uint32_t mode,
	const char *origin, struct err *e)
{
	return add_file(t, path, bytes, mode, origin, false, e);
}

bool entry_file_over(struct tree *t, struct str path, struct span bytes, uint32_t mode,
	const char *origin, struct err *e)
{
	return add_file(t, path, bytes, mode, origin, true, e);
}

bool entry_link(
	struct tree *t, struct str path, struct str target, const char *origin, struct err *e)
{
	struct node n = { .path = path, .kind = NODE_LINK, .mode = 0777, .target = target };

	return add(t, &n, origin, false, e);
}

bool entry_link_over(
	struct tree *t, struct str path, struct str target, const char *origin, struct err *e)
{
	struct node n = { .path = path, .kind = NODE_LINK, .mode = 0777, .target = target };

	return add(t, &n, origin, true, e);
}

bool entry_folder(struct tree *t, struct str path, const char *origin, struct err *e)
{
	struct node n = { .path = path, .kind = NODE_FOLDER, .mode = 0755 };

	if (tree_find(t, path))
		return true;
	return add(t, &n, origin, false, e);
}

static bool change(struct tree *t, struct str path, const uint32_t *uid, const uint32_t *gid,
	const uint32_t *mode, struct err *e)
{
	const struct node *was = tree_find(t, path);
	struct node n;

	if (!was)
		return err_set(e, ERR_NOTFOUND, "there is no '%.*s' in the tree", STR_ARG(path));
	n = *was;
	n.uid = uid ? *uid : n.uid;
	n.gid = gid ? *gid : n.gid;
	n.mode = mode ? *mode : n.mode;
	return tree_replace(t, &n, e);
}

bool entry_owner(struct tree *t, struct str path, uint32_t uid, uint32_t gid, struct err *e)
{
	return change(t, path, &uid, &gid, NULL, e);
}

bool entry_mode(struct tree *t, struct str path, uint32_t mode, struct err *e)
{
	return change(t, path, NULL, NULL, &mode, e);
}

/* Where a link points, as a tree path in room; false when it leaves the tree or is too long. */
static bool follow(const struct node *link, char *room, size_t size, struct str *ret)
{
	struct str target = link->target, base = tree_parent(link->path), head, rest;
	size_t n = 0;

	if (target.n && target.p[0] == '/')
		base = str_make("", 0);
	if (base.n >= size)
		return false;
	if (base.n)
		memcpy(room, base.p, base.n);
	n = base.n;
	for (rest = target; rest.n;) {
		(void)str_cut(rest, '/', &head, &rest);
		if (head.n == 0 || str_is(head, "."))
			continue;
		if (str_is(head, "..")) {
			n = tree_parent(str_make(room, n)).n;
			continue;
		}
		if (n + 1 + head.n >= size)
			return false;
		if (n)
			room[n++] = '/';
		memcpy(room + n, head.p, head.n);
		n += head.n;
	}
	*ret = str_make(room, n);
	return true;
}

const struct node *entry_resolve(const struct tree *t, struct str path)
{
	static const char *const merged[] = { "bin/", "sbin/", "lib/", "lib64/" };
	char a[TREE_PATH_MAX + 1], b[TREE_PATH_MAX + 1], *room = a;
	const struct node *n = tree_find(t, path);

	for (int i = 0; i < LINKS_MAX; i++) {
		for (size_t m = 0; !n && m < ARRAY_LEN(merged); m++) {
			if (!str_starts(path, merged[m]) || path.n + 5 > sizeof b)
				continue;
			memmove(b + 4, path.p, path.n);
			memcpy(b, "usr/", 4);
			path = str_make(b, path.n + 4);
			n = tree_find(t, path);
		}
		if (!n || n->kind != NODE_LINK)
			return n;
		if (!follow(n, room, sizeof a, &path))
			return NULL;
		n = tree_find(t, path);
	}
	return NULL;
}

bool entry_text(const struct tree *t, struct str path, size_t max, struct buf *out, struct err *e)
{
	const struct node *n = entry_resolve(t, path);
	uint8_t *bytes;

	if (!n || n->kind != NODE_FILE)
		return err_set(
			e, ERR_NOTFOUND, "there is no file '%.*s' in the tree", STR_ARG(path));
	if (n->content.size > max)
		return err_set(e, ERR_LIMIT, "'%.*s' is %llu bytes, limit %zu", STR_ARG(path),
			(unsigned long long)n->content.size, max);
	bytes = mem_alloc((size_t)n->content.size + 1);
	if (!content_read(&n->content, 0, bytes, (size_t)n->content.size, e)) {
		mem_free(&bytes);
		return err_wrap(e, "cannot read '%.*s'", STR_ARG(path));
	}
	*out = (struct buf){ bytes, (size_t)n->content.size, (size_t)n->content.size + 1, max,
		false };
	return true;
}
