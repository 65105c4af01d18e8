#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/sysroot.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "build/sysroot_check.h"
#include "rootfs/entry.h"
#include "rootfs/rootfs.h"
#include "store/store_list.h"
#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

enum { TREE_BYTES_MAX = 1 << 30, PLACE_MAX = sizeof "sysroots/" + 2 * SHA256_SIZE };

struct laying {
	int dir;
	const struct node **files;
	size_t n_files;
};

/* "." for the tree's root. Paths of a tree are terminated: they are copies in its arena. */
static const char *name_of(const struct node *n)
{
	return n->path.n ? n->path.p : ".";
}

static bool failed(const struct node *n, struct err *e)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	err_os(e, "cannot lay out '%s' of a toolchain", name_of(n));
	if (full)
		err_hint(e, "free some space, or choose another folder with --store DIR");
	return false;
}

static bool set_time(int dir, const struct node *n, struct err *e)
{
	const struct timespec t = { .tv_sec = n->mtime_unix };

	if (utimensat(dir, name_of(n), (const struct timespec[]){ t, t }, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	return failed(n, e);
}

static bool write_file(void *ctx, size_t i, struct err *e)
{
	const struct laying *l = ctx;
	const struct node *n = l->files[i];
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	CLEANUP(file_closep)
	int fd = openat(
		l->dir, name_of(n), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return failed(n, e);
	for (uint64_t at = 0; at < n->content.size;) {
		uint64_t left = n->content.size - at;
		size_t step = left < CONTENT_PIECE ? (size_t)left : CONTENT_PIECE;

		if (!content_read(&n->content, at, piece, step, e) ||
			!file_pwrite(fd, piece, step, at, name_of(n), e))
			return false;
		at += step;
	}
	if (fchmod(fd, (n->mode & 0777) | 0400) < 0)
		return failed(n, e);
	return set_time(l->dir, n, e);
}

/* A tree has folders before what is in them. */
static bool make_folders_and_links(
	struct laying *l, const struct node *nodes, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct node *node = &nodes[i];

		if (node->kind == NODE_FILE)
			l->files[l->n_files++] = node;
		if (node->kind == NODE_FOLDER && node->path.n &&
			mkdirat(l->dir, name_of(node), 0700) < 0)
			return failed(node, e);
		if (node->kind != NODE_LINK)
			continue;
		if (symlinkat(node->target.p, l->dir, name_of(node)) < 0)
			return failed(node, e);
		if (!set_time(l->dir, node, e))
			return false;
	}
	return true;
}

/* Last and from the leaves, since what is made in a folder changes its time and needs the right to write. */
static bool finish_folders(
	const struct laying *l, const struct node *nodes, size_t n, struct err *e)
{
	for (size_t i = n; i-- > 0;) {
		const struct node *node = &nodes[i];

		if (node->kind != NODE_FOLDER)
			continue;
		if (fchmodat(l->dir, name_of(node), (node->mode & 0777) | 0500, 0) < 0)
			return failed(node, e);
		if (!set_time(l->dir, node, e))
			return false;
	}
	return true;
}

static bool fill(int dir, const struct tree *t, struct err *e)
{
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);
	CLEANUP(mem_free) const struct node **files = mem_array(n, sizeof *files);
	struct laying l = { .dir = dir, .files = files };

	return make_folders_and_links(&l, nodes, n, e) &&
	       par_for(l.n_files, 0, write_file, &l, e) && finish_folders(&l, nodes, n, e);
}

/*
 * Is everything there, with its bytes? A toolchain is not synced when it is made (that takes longer than making it again),
 * so after a crash files may be empty, and what rots in it would reach the components.
 */
static bool is_whole(int dir, const struct tree *t)
{
	struct err why = { 0 };
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	return sysroot_check(dir, nodes, n, &why);
}

static int open_place(const struct store *s, const char *place)
{
	return openat(store_fd(s), place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* For `assay store verify`, which has no tree; mends or makes the one that is there. */
static bool write_list(struct store *s, const struct tree *t, const char *place, struct err *e)
{
	CLEANUP(buf_done) struct buf list = buf_init(SYSROOT_LIST_MAX), was = { 0 };
	char path[PLACE_MAX + sizeof ".list"];
	struct err ignored = { 0 };
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	snprintf(path, sizeof path, "%s.list", place);
	sysroot_list_emit(nodes, n, &list);
	if (!buf_ok(&list))
		return buf_full(&list, "the list of a toolchain", e);
	if (file_read(store_fd(s), path, SYSROOT_LIST_MAX, &was, &ignored) &&
		span_equal(buf_span(&was), buf_span(&list))) {
		store_mark_used(s, path);
		return true;
	}
	return store_replace(s, path, buf_span(&list), e);
}

/* The damaged folder, still at place and not another writer's new one, goes into tmp, and with it. */
static bool clear(struct store *s, int damaged, const char *tmp, const char *place, struct err *e)
{
	char path[PATH_MAX];
	struct stat was, is;

	if (damaged < 0 || fstat(damaged, &was) < 0 ||
		fstatat(store_fd(s), place, &is, AT_SYMLINK_NOFOLLOW) < 0 ||
		was.st_ino != is.st_ino)
		return true;
	if (snprintf(path, sizeof path, "%s/damaged", tmp) >= (int)sizeof path)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (renameat(store_fd(s), place, AT_FDCWD, path) < 0 && errno != ENOENT)
		return err_os(e, "cannot remove a damaged toolchain from the store");
	return true;
}

/* Another writer was faster; or what stands there is none of a writer's. */
static bool check_others(struct store *s, const struct tree *t, const char *place, struct err *e)
{
	CLEANUP(file_closep) int there = open_place(s, place);

	if (there >= 0 && is_whole(there, t))
		return true;
	err_set(e, ERR_MISMATCH,
		"the toolchain that another process put into the store is damaged: '%s/%s'",
		store_path(s), place);
	return err_hint(e, "remove that folder and run the same command again");
}

/* damaged: what stands at place and must go, or -1. */
static bool make(struct store *s, const struct tree *t, int damaged, const char *tmp,
	const char *place, struct err *e)
{
	char path[PATH_MAX];
	CLEANUP(file_closep) int dir = -1;

	/* In a folder of its own below tmp, whose mode 0700 must not become the sysroot's. */
	if (snprintf(path, sizeof path, "%s/root", tmp) >= (int)sizeof path)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (mkdir(path, 0700) < 0)
		return err_os(e, "cannot make folder '%s'", path);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", path);
	if (!fill(dir, t, e) || !clear(s, damaged, tmp, place, e))
		return false;
	if (renameat(AT_FDCWD, path, store_fd(s), place) == 0)
		return true;
	if (errno != EEXIST && errno != ENOTEMPTY)
		return err_os(e, "cannot put a toolchain into the store");
	return check_others(s, t, place, e);
}

bool sysroot_lay(char **ret, struct store *s, const struct tree *t, struct err *e)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_MAX);
	CLEANUP(file_closep) int there = -1;
	uint8_t digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1], place[PLACE_MAX];

	tree_digest(t, digest);
	hex_write(hex, digest, sizeof digest);
	snprintf(place, sizeof place, "sysroots/%s", hex);
	buf_printf(&path, "%s/%s", store_path(s), place);
	if (!buf_ok(&path))
		return buf_full(&path, "the path of a toolchain", e);
	there = open_place(s, place);
	if (there < 0 && errno != ENOENT)
		return err_os(e, "cannot open '%s/%s'", store_path(s), place);
	if (there < 0 || !is_whole(there, t)) {
		char *tmp;
		bool ok;

		if (!store_tmpdir(s, &tmp, e))
			return false;
		ok = make(s, t, there, tmp, place, e);
		store_tmpdir_remove(s, tmp);
		if (!ok)
			return false;
	}
	if (!write_list(s, t, place, e))
		return false;
	store_mark_used(s, place);
	*ret = buf_take_cstr(&path);
	return true;
}

/* The usr-merged layout of a Debian root, where no package brings it. */
static bool add_layout(struct tree *t, struct err *e)
{
	static const char *const merged[] = { "bin", "lib", "lib64", "sbin" };

	if (!tree_find(t, STR("")) && !entry_folder(t, STR(""), "generated:layout", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(merged); i++) {
		char target[16];

		snprintf(target, sizeof target, "usr/%s", merged[i]);
		if (!tree_find(t, str_of(target)) &&
			!entry_folder(t, str_of(target), "generated:layout", e))
			return false;
		if (!tree_find(t, str_of(merged[i])) &&
			!entry_link(t, str_of(merged[i]), str_of(target), "generated:layout", e))
			return false;
	}
	return true;
}

/* What the packages of one set are, in its order. */
struct members {
	const struct lock_package **packages;
	uint8_t (*sha256)[SHA256_SIZE];
	struct str *names;
	struct pack **packs;
	size_t n;
};

static void members_done(struct members *m)
{
	for (size_t i = 0; m->packs && i < m->n; i++)
		pack_free(m->packs[i]);
	mem_free(&m->packs);
	mem_free(&m->packages);
	mem_free(&m->sha256);
	mem_free(&m->names);
}

static bool members_open(
	struct members *m, struct store *s, const struct lock *l, const char *set, struct err *e)
{
	const struct lock_set *found = lock_set_find(l, set);

	if (!found)
		return err_set(e, ERR_NOTFOUND, "the lock has no set '%s'", set);
	m->packages = mem_array(found->n, sizeof *m->packages);
	m->sha256 = mem_array(found->n, sizeof *m->sha256);
	m->names = mem_array(found->n, sizeof *m->names);
	m->packs = mem_array(found->n, sizeof *m->packs);
	m->n = found->n;
	for (size_t i = 0; i < m->n; i++) {
		m->packages[i] = &l->packages[found->packages[i]];
		m->names[i] = m->packages[i]->name;
		memcpy(m->sha256[i], m->packages[i]->sha256, SHA256_SIZE);
	}
	return pack_open_all(
		m->packs, m->n, s, (const uint8_t(*)[SHA256_SIZE])m->sha256, m->names, e);
}

bool sysroot_of_set(
	char **ret, struct store *s, const struct lock *l, const char *set, struct err *e)
{
	CLEANUP(members_done) struct members m = { 0 };
	CLEANUP(tree_freep) struct tree *t = tree_new(TREE_BYTES_MAX);

	if (!members_open(&m, s, l, set, e) ||
		!rootfs_add_packages(t, m.packages, m.packs, m.n, e) || !add_layout(t, e) ||
		!tree_finish(t, l->source_date_epoch, e) || !sysroot_lay(ret, s, t, e))
		return err_wrap(e, "toolchain '%s'", set);
	return true;
}
