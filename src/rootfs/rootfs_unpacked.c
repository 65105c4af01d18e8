#include "rootfs/rootfs_unpacked.h"

#include "rootfs/entry.h"
#include "rootfs/rootfs.h"
#include "rootfs/users.h"
#include "base/banned.h"

enum { SECONDS_A_DAY = 86400 };

/* Is what path lies in a folder, or to become one? Not so below a link of another package. */
static bool has_place(const struct tree *t, struct str path)
{
	while (path.n) {
		const struct node *parent;

		path = tree_parent(path);
		parent = tree_find(t, path);
		if (parent)
			return parent->kind == NODE_FOLDER;
	}
	return true;
}

static bool add(struct tree *t, const struct node *n, struct err *e)
{
	const struct node *was = tree_find(t, n->path);

	if (!was)
		return !has_place(t, n->path) || tree_add(t, n, e);
	if (was->kind == NODE_FOLDER || n->kind == NODE_FOLDER)
		return true;
	return tree_replace(t, n, e);
}

static bool add_package(struct tree *t, struct str name, const struct pack *pack, struct err *e)
{
	struct str origin = arena_printf(tree_arena(t), "package:%.*s", STR_ARG(name));
	size_t n;
	const struct node *nodes = pack_nodes(pack, &n);

	if (!origin.p)
		return arena_full(tree_arena(t), e);
	for (size_t i = 0; i < n; i++) {
		struct node node = nodes[i];

		node.origin = origin;
		if (!add(t, &node, e))
			return err_wrap(e, "package '%.*s'", STR_ARG(name));
	}
	return true;
}

static bool empty_database(struct tree *t, struct err *e)
{
	static const char *const folders[] = { "var/lib/dpkg/info", "var/lib/dpkg/updates",
		"var/lib/dpkg/triggers", "var/lib/dpkg/alternatives" };
	static const char *const files[] = { "var/lib/dpkg/status", "var/lib/dpkg/available" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (!entry_folder(t, str_of(folders[i]), "generated:dpkg", e))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (!entry_file_over(t, str_of(files[i]), (struct span){ NULL, 0 }, 0644,
			    "generated:dpkg", e))
			return false;
	return true;
}

bool rootfs_unpacked(struct tree *t, const struct description *d,
	const struct lock_package *const *packages, struct pack *const *packs, size_t n,
	int64_t source_date_epoch, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!add_package(t, packages[i]->name, packs[i], e))
			return false;
	return rootfs_skeleton(t, e) && empty_database(t, e) &&
	       users_begin(t, d, (uint64_t)source_date_epoch / SECONDS_A_DAY, e) &&
	       tree_finish(t, source_date_epoch, e);
}
