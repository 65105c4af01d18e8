#include "diff/diff_folder.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "diff/diff_pair.h"
#include "diff/diff_bytes.h"
#include "sys/file.h"
#include "tree/tree.h"

#include "base/banned.h"

struct names {
	char **list;
	size_t n;
};

static void names_done(struct names *n)
{
	file_names_free(n->list, n->n);
}

struct folders {
	struct diff_walk *w;
	int dir[2];               /* the two folders themselves */
	char path[TREE_PATH_MAX]; /* below them */
	size_t n_path, depth;
};

struct sides {
	struct stat st[2];
};

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "folder";
	case S_IFLNK:
		return "link";
	case S_IFCHR:
		return "character device";
	case S_IFBLK:
		return "block device";
	case S_IFIFO:
		return "fifo";
	}
	return "socket";
}

static void metadata(struct diff_walk *w, const struct sides *s)
{
	char text[2][64];
	const struct stat *a = &s->st[0], *b = &s->st[1];
	if (w->options.no_disk_meta)
		return;
	if ((a->st_mode & 07777) != (b->st_mode & 07777)) {
		for (size_t i = 0; i < 2; i++)
			snprintf(text[i], sizeof(text[i]), "%04o", s->st[i].st_mode & 07777);
		diff_walk_words(w, DIFF_MODE, str_of(text[0]), str_of(text[1]));
	}
	if (a->st_uid != b->st_uid || a->st_gid != b->st_gid) {
		for (size_t i = 0; i < 2; i++)
			snprintf(text[i], sizeof(text[i]), "%u:%u", s->st[i].st_uid,
				s->st[i].st_gid);
		diff_walk_words(w, DIFF_OWNER, str_of(text[0]), str_of(text[1]));
	}
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec) {
		for (size_t i = 0; i < 2; i++)
			snprintf(text[i], sizeof(text[i]), "%lld.%09ld",
				(long long)s->st[i].st_mtim.tv_sec, s->st[i].st_mtim.tv_nsec);
		diff_walk_words(w, DIFF_TIME, str_of(text[0]), str_of(text[1]));
	}
}

static bool files(struct folders *f, struct err *e)
{
	CLEANUP(diff_bytes_done) struct diff_bytes a = { 0 };
	CLEANUP(diff_bytes_done) struct diff_bytes b = { 0 };
	if (!diff_bytes_open(&a, f->dir[0], f->path, e) ||
		!diff_bytes_open(&b, f->dir[1], f->path, e))
		return false;
	diff_pair(f->w, a.all, b.all);
	return true;
}

static bool links(struct folders *f, struct err *e)
{
	char target[2][TREE_PATH_MAX + 1];
	struct str t[2];
	for (size_t i = 0; i < 2; i++) {
		ssize_t n = readlinkat(f->dir[i], f->path, target[i], sizeof(target[i]));
		if (n < 0)
			return err_os(e, "cannot read link '%s'", f->path);
		t[i] = str_make(target[i], (size_t)n);
	}
	if (!str_equal(t[0], t[1]))
		diff_walk_words(f->w, DIFF_LINK, t[0], t[1]);
	return true;
}

static bool folders(struct folders *f, struct err *e);

static bool in_both(struct folders *f, struct err *e)
{
	struct sides s;
	for (size_t i = 0; i < 2; i++)
		if (fstatat(f->dir[i], f->path, &s.st[i], AT_SYMLINK_NOFOLLOW) != 0)
			return err_os(e, "cannot look at '%s'", f->path);
	if ((s.st[0].st_mode & S_IFMT) != (s.st[1].st_mode & S_IFMT)) {
		diff_walk_words(f->w, DIFF_TYPE, str_of(kind_of(s.st[0].st_mode)),
			str_of(kind_of(s.st[1].st_mode)));
		return true;
	}
	metadata(f->w, &s);
	if (S_ISREG(s.st[0].st_mode))
		return files(f, e);
	if (S_ISLNK(s.st[0].st_mode))
		return links(f, e);
	return true;
}

static bool entry(struct folders *f, const char *name, int only, struct err *e)
{
	size_t before = f->n_path;
	int n = snprintf(
		f->path + before, sizeof(f->path) - before, "%s%s", before ? "/" : "", name);
	if (n < 0 || (size_t)n >= sizeof(f->path) - before)
		return err_set(e, ERR_LIMIT, "a path below '%.*s' is longer than %d bytes",
			(int)before, f->path, TREE_PATH_MAX);
	f->n_path = before + (size_t)n;
	bool ok = diff_walk_enter(f->w, str_make(f->path, f->n_path));
	if (ok && only >= 0)
		diff_walk_words(f->w, only ? DIFF_ONLY_B : DIFF_ONLY_A, STR(""), STR(""));
	else if (ok)
		ok = in_both(f, e);
	diff_walk_leave(f->w);
	struct stat st[2];
	for (size_t i = 0; ok && only < 0 && i < 2; i++)
		if (fstatat(f->dir[i], f->path, &st[i], AT_SYMLINK_NOFOLLOW) != 0)
			ok = err_os(e, "cannot look at '%s'", f->path);
	if (ok && only < 0 && S_ISDIR(st[0].st_mode) && S_ISDIR(st[1].st_mode))
		ok = folders(f, e);
	f->n_path = before;
	f->path[before] = '\0';
	return ok;
}

static bool folders(struct folders *f, struct err *e)
{
	CLEANUP(names_done) struct names a = { 0 };
	CLEANUP(names_done) struct names b = { 0 };
	const char *path = f->n_path ? f->path : ".";
	if (f->depth == DIFF_FOLDER_DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "'%s': folders are more than %d deep", f->path,
			DIFF_FOLDER_DEPTH_MAX);
	if (!file_names(f->dir[0], path, &a.list, &a.n, e) ||
		!file_names(f->dir[1], path, &b.list, &b.n, e))
		return false;
	f->depth++;
	for (size_t i = 0, j = 0; i < a.n || j < b.n;) {
		int order = i == a.n ? 1 : j == b.n ? -1 : strcmp(a.list[i], b.list[j]);
		if (!entry(f, order > 0 ? b.list[j] : a.list[i],
			    order < 0   ? 0
			    : order > 0 ? 1
					: -1,
			    e))
			return false;
		i += order <= 0;
		j += order >= 0;
	}
	f->depth--;
	return true;
}

bool diff_folder(struct diff_walk *w, int a, int b, struct err *e)
{
	struct folders f = { .w = w, .dir = { a, b } };
	return folders(&f, e);
}
