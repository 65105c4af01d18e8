#include "image_trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METADATA_MAX = 256 << 20, NAME_PIECES = 3000 };

void image_trees_bytes(struct tree *t, uint32_t seed, size_t n, struct content *ret)
{
	struct content_memory *m = ARENA_NEW(tree_arena(t), struct content_memory);
	uint8_t *p = arena_alloc(tree_arena(t), n ? n : 1);
	uint32_t x = seed * 2654435761u + 12345;

	if (!m || !p)
		abort();
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (uint8_t)(x >> 24);
	}
	content_of_memory(ret, m, span_make(p, n));
}

/* A node with everything but its kind's own fields. */
static struct node node(const char *path, enum node_kind kind, uint32_t mode)
{
	struct node n = { .path = str_of(path), .kind = kind, .mode = mode };

	n.mtime_unix = 1600000000 + (int64_t)strlen(path);
	n.origin = STR("generated:test");
	return n;
}

static bool folder(struct tree *t, const char *path, struct err *e)
{
	struct node n = node(path, NODE_FOLDER, 0755);

	return tree_add(t, &n, e);
}

static bool file(struct tree *t, const char *path, size_t size, uint32_t mode, struct err *e)
{
	struct node n = node(path, NODE_FILE, mode);

	image_trees_bytes(t, (uint32_t)size, size, &n.content);
	return tree_add(t, &n, e);
}

/* Another name in a group of hard links; all of a group agree in everything else. */
static bool name_of(struct tree *t, const char *path, uint32_t group, size_t size, struct err *e)
{
	struct node n = node(path, NODE_FILE, 0644);

	n.mtime_unix = 1650000000;
	n.inode = group;
	image_trees_bytes(t, group, size, &n.content);
	return tree_add(t, &n, e);
}

static bool link_to(struct tree *t, const char *path, const char *target, struct err *e)
{
	struct node n = node(path, NODE_LINK, 0777);

	n.target = str_of(target);
	return tree_add(t, &n, e);
}

static bool device(struct tree *t, const char *path, enum node_kind kind, uint32_t dev_major,
	uint32_t dev_minor, struct err *e)
{
	struct node n = node(path, kind, 0660);

	n.dev_major = dev_major;
	n.dev_minor = dev_minor;
	n.gid = 5;
	return tree_add(t, &n, e);
}

static bool with_xattrs(struct tree *t, const char *path, size_t size, const struct xattr *x,
	size_t n_xattrs, struct err *e)
{
	struct node n = node(path, NODE_FILE, 0755);

	n.xattrs = x;
	n.n_xattrs = n_xattrs;
	image_trees_bytes(t, 7, size, &n.content);
	return tree_add(t, &n, e);
}

static bool finish(struct tree **t, bool ok, struct tree **ret, struct err *e)
{
	if (!ok || !tree_finish(*t, IMAGE_TREES_CLAMP, e))
		return false;
	*ret = TAKE(*t);
	return true;
}

/* cap_net_raw+ep, VFS_CAP_REVISION_2 */
static const uint8_t capability[20] = { 1, 0, 0, 2, 0, 0x20 };

bool image_trees_small(struct tree **ret, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(METADATA_MAX);
	struct xattr cap = { STR("security.capability"), SPAN_OF(capability) };
	bool ok = folder(t, "", e) && folder(t, "bin", e) && folder(t, "dev", e) &&
		  folder(t, "empty", e) && file(t, "bin/init", 5000, 0755, e) &&
		  file(t, "bin/su", 100, 04755, e) && file(t, "empty.txt", 0, 0644, e) &&
		  file(t, "block", 4096, 0600, e) && name_of(t, "bin/a", 1, 300, e) &&
		  name_of(t, "dev/b", 1, 300, e) && link_to(t, "sbin", "bin", e) &&
		  device(t, "dev/null", NODE_CHARDEV, 1, 3, e) &&
		  device(t, "dev/fifo", NODE_FIFO, 0, 0, e) &&
		  with_xattrs(t, "bin/ping", 4097, &cap, 1, e);

	return finish(&t, ok, ret, e);
}

static bool sizes(struct tree *t, struct err *e)
{
	static const size_t around[] = { 0, 1, 2, 31, 32, 2047, 2048, 2049, 4031, 4032, 4033, 4095,
		4096, 4097, 6143, 6144, 6145, 8191, 8192, 8193, 1048575, 1048576, 1048577,
		5000001 };
	char path[64];

	if (!folder(t, "sizes", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(around); i++) {
		snprintf(path, sizeof path, "sizes/%zu", around[i]);
		if (!file(t, path, around[i], 0644, e))
			return false;
	}
	return true;
}

static bool links(struct tree *t, struct err *e)
{
	static const size_t lengths[] = { 1, 59, 60, 2047, 2048, 2049, 4031, 4032, 4033, 4095 };
	char path[64], target[4096];

	if (!folder(t, "links", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		memset(target, 'x', lengths[i]);
		for (size_t k = 200; k < lengths[i]; k += 200)
			target[k] = '/';
		target[lengths[i]] = 0;
		snprintf(path, sizeof path, "links/%zu", lengths[i]);
		if (!link_to(t, path, target, e))
			return false;
	}
	return true;
}

/* Names of every length, and numbers enough for a folder of many blocks. */
static bool names(struct tree *t, struct err *e)
{
	static const char *const early[] = { "!", "+", "-", "...", "..a", ".a", ". ", "-.", "," };
	char path[320];

	if (!folder(t, "names", e) || !folder(t, "many", e) || !folder(t, "early", e))
		return false;
	for (size_t i = 1; i <= TREE_NAME_MAX; i++) {
		snprintf(path, sizeof path, "names/%0*zu", (int)i, i % 10);
		if (!file(t, path, i % 3, 0600, e))
			return false;
	}
	for (size_t i = 0; i < NAME_PIECES; i++) {
		snprintf(path, sizeof path, "many/%zx-%0*zu", i * 40503 % 65536, (int)(i % 60) + 1,
			i);
		if (!(i % 7 ? file(t, path, i, 0644, e) : folder(t, path, e)))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(early); i++) {
		snprintf(path, sizeof path, "early/%s", early[i]);
		if (!file(t, path, 1, 0644, e))
			return false;
	}
	return folder(t, "lone", e) && folder(t, "lone/d", e) && folder(t, "early.d", e) &&
	       file(t, "early.d/x", 3, 0644, e) && file(t, "early-", 3, 0644, e);
}

static bool inodes(struct tree *t, struct err *e)
{
	struct node n = node("owner", NODE_FILE, 07777);

	n.uid = 4294967294u;
	n.gid = 65536;
	n.mtime_unix = 0;
	image_trees_bytes(t, 1, 0, &n.content);
	n.mtime_unix = 0;
	return tree_add(t, &n, e) && folder(t, "dev", e) &&
	       device(t, "dev/null", NODE_CHARDEV, 1, 3, e) &&
	       device(t, "dev/big", NODE_BLOCKDEV, 4095, 1048575, e) &&
	       device(t, "dev/disk", NODE_BLOCKDEV, 259, 300, e) &&
	       device(t, "dev/fifo", NODE_FIFO, 0, 0, e) && folder(t, "hard", e) &&
	       name_of(t, "hard/z", 9, 10000, e) && name_of(t, "hard/a", 9, 10000, e) &&
	       name_of(t, "aaa", 9, 10000, e) && name_of(t, "hard/empty1", 3, 0, e) &&
	       name_of(t, "hard/empty2", 3, 0, e);
}

static bool xattr_shapes(struct tree *t, struct err *e)
{
	/* POSIX ACL version 2: user::rwx group::r-x mask::r-x other::r-- and user 1000 */
	static const uint8_t acl[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 7, 0, 0xe8,
		3, 0, 0, 4, 0, 5, 0, 255, 255, 255, 255, 16, 0, 5, 0, 255, 255, 255, 255, 32, 0, 5,
		0, 255, 255, 255, 255 };
	static uint8_t large[60000];
	static char name[256];
	struct xattr cap = { STR("security.capability"), SPAN_OF(capability) };
	struct xattr big[] = { { STR("user.a"), { large, 60000 } },
		{ STR("user.b"), { large, 4000 } }, { STR("user.empty"), { large, 0 } } };
	struct xattr mixed[] = { cap, { STR("system.posix_acl_access"), SPAN_OF(acl) },
		{ STR("trusted.x"), { large, 5 } }, { { name, 255 }, { large, 3 } } };

	memset(name, 'n', sizeof name - 1);
	memcpy(name, "user.", 5);
	for (size_t i = 0; i < sizeof large; i++)
		large[i] = (uint8_t)(i * 7 >> 3);
	return folder(t, "xattrs", e) && with_xattrs(t, "xattrs/cap", 4096, &cap, 1, e) &&
	       with_xattrs(t, "xattrs/small", 100, &cap, 1, e) &&
	       with_xattrs(t, "xattrs/big", 2000, big, ARRAY_LEN(big), e) &&
	       with_xattrs(t, "xattrs/mixed", 3500, mixed, ARRAY_LEN(mixed), e) &&
	       with_xattrs(t, "xattrs/none", 0, &cap, 1, e);
}

bool image_trees_all_shapes(struct tree **ret, bool xattrs, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(METADATA_MAX);
	bool ok = folder(t, "", e) && sizes(t, e) && links(t, e) && names(t, e) && inodes(t, e) &&
		  (!xattrs || xattr_shapes(t, e));

	return finish(&t, ok, ret, e);
}
