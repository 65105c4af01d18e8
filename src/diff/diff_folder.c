#include "diff/diff_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "diff/diff_members.h"
#include "diff/folder_xattrs.h"
#include "sys/file.h"

#include "base/banned.h"

struct listing {
	int dir;
	bool no_meta;
	struct arena *arena;
	struct diff_member *list;
	size_t n, room;
};

struct names {
	char **list;
	size_t n;
};

static void names_done(struct names *n)
{
	file_names_free(n->list, n->n);
}

static enum diff_member_kind kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return DIFF_MEMBER_FOLDER;
	case S_IFLNK:
		return DIFF_MEMBER_LINK;
	case S_IFCHR:
		return DIFF_MEMBER_CHARDEV;
	case S_IFBLK:
		return DIFF_MEMBER_BLOCKDEV;
	case S_IFIFO:
		return DIFF_MEMBER_FIFO;
	case S_IFSOCK:
		return DIFF_MEMBER_SOCKET;
	}
	return DIFF_MEMBER_FILE;
}

static bool read_target(struct listing *l, struct diff_member *m, struct err *e)
{
	char target[DIFF_MEMBER_PATH_MAX + 1];
	ssize_t n = readlinkat(l->dir, m->path.p, target, sizeof(target));
	if (n < 0)
		return err_os(e, "cannot read the link '%s'", m->path.p);
	m->target = arena_str(l->arena, str_make(target, (size_t)n));
	return m->target.p || arena_full(l->arena, e);
}

static bool add(struct listing *l, struct str path, mode_t *mode, struct err *e)
{
	struct stat st;
	if (fstatat(l->dir, path.p, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_os(e, "cannot look at '%s'", path.p);
	if (l->n == DIFF_MEMBERS_MAX)
		return err_set(
			e, ERR_LIMIT, "the folder has more than %d entries", DIFF_MEMBERS_MAX);
	struct diff_member m = {
		.path = path,
		.kind = kind_of(st.st_mode),
		.mode = st.st_mode & 07777,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.mtime_unix = st.st_mtim.tv_sec,
		.mtime_nanoseconds = (uint32_t)st.st_mtim.tv_nsec,
		.n_links = (uint32_t)st.st_nlink,
		.inode = st.st_nlink > 1 && !S_ISDIR(st.st_mode) ? st.st_ino : 0,
		.dev_major = major(st.st_rdev),
		.dev_minor = minor(st.st_rdev),
		.size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0,
	};
	if (m.kind == DIFF_MEMBER_LINK && !read_target(l, &m, e))
		return false;
	if (!l->no_meta && !folder_xattrs(&m, l->dir, l->arena, e))
		return false;
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->list = mem_grow(l->list, l->room, sizeof(*l->list));
	}
	l->list[l->n++] = m;
	*mode = st.st_mode;
	return true;
}

static bool below(struct listing *l, struct str folder, unsigned depth, struct err *e)
{
	CLEANUP(names_done) struct names names = { 0 };
	if (depth > DIFF_FOLDER_DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "'%s': folders in folders, more than %d", folder.p,
			DIFF_FOLDER_DEPTH_MAX);
	if (!file_names(l->dir, folder.n ? folder.p : ".", &names.list, &names.n, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		mode_t mode;
		struct str path = arena_printf(
			l->arena, "%.*s%s%s", STR_ARG(folder), folder.n ? "/" : "", names.list[i]);
		if (!path.p)
			return arena_full(l->arena, e);
		if (!add(l, path, &mode, e) || (S_ISDIR(mode) && !below(l, path, depth + 1, e)))
			return false;
	}
	return true;
}

bool diff_folder(struct diff_walk *w, int a, int b, struct err *e)
{
	CLEANUP(arena_freep) struct arena *lists = arena_new(DIFF_FOLDER_LISTS_MAX);
	struct listing x = { .dir = a, .no_meta = w->options.no_disk_meta, .arena = lists };
	struct listing y = { .dir = b, .no_meta = w->options.no_disk_meta, .arena = lists };
	const struct diff_members_how how = {
		.no_meta = w->options.no_disk_meta,
		.no_times = !w->options.disk_times,
	};
	bool ok = below(&x, STR(""), 0, e) && below(&y, STR(""), 0, e);
	if (ok) {
		struct diff_members m = { .list = x.list, .n = x.n },
				    n = { .list = y.list, .n = y.n };
		struct diff_side side_a = { &m, NULL, a }, side_b = { &n, NULL, b };
		ok = diff_members(w, &side_a, &side_b, &how, e);
	}
	free(x.list);
	free(y.list);
	return ok;
}
