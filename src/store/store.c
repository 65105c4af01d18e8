#define ASSAY_MAY_ASK_THE_MACHINE
#include "store/store_inside.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

/* From <sys/file.h>, a name that our own sys/file.h has taken. */
int flock(int fd, int operation);

enum { FOLDER_TRIES = 1000 };

static const char *const folders[] = { "logs", "notes", "objects", "packs", "partial", "results",
	"sysroots", "tmp" };

bool store_failed(const struct store *s, struct err *e)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	err_os(e, "cannot write in the store '%s'", s->path);
	if (full)
		err_hint(e, "free some space, or choose another folder with --store DIR");
	return false;
}

/* The path that the environment gives, owned by the caller; the XDG specification ignores a relative one. */
static bool default_path(char **ret, struct err *e)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	CLEANUP(buf_done) struct buf b = buf_init(PATH_MAX);

	if (cache && cache[0] == '/') {
		buf_printf(&b, "%s/assay", cache);
	} else if (home && home[0] == '/') {
		buf_printf(&b, "%s/.cache/assay", home);
	} else {
		err_set(e, ERR_USAGE,
			"no folder for the store: HOME and XDG_CACHE_HOME are not set");
		return err_hint(e, "name one with --store DIR");
	}
	if (!buf_ok(&b))
		return buf_full(&b, "the path of the store", e);
	*ret = buf_take_cstr(&b);
	return true;
}

/* A folder of the store itself: its mode does not depend on the umask, only that of the store's own folder does. */
static bool make_folder(const struct store *s, const char *name, struct err *e)
{
	if (mkdirat(s->fd, name, 0755) == 0 && fchmodat(s->fd, name, 0755, 0) == 0)
		return true;
	return errno == EEXIST || store_failed(s, e);
}

/* Removes tmp/NAME unless a living process holds its lock. What cannot be removed (another user's) is left alone. */
static void sweep_one(int tmp, const char *name)
{
	CLEANUP(file_closep)
	int fd = openat(tmp, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct err ignored = { 0 };

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return;
	if (!file_remove_tree(tmp, name, &ignored))
		return;
}

static void sweep(int tmp)
{
	struct err ignored = { 0 };
	char **names;
	size_t n;

	if (!file_names(tmp, ".", &names, &n, &ignored))
		return;
	for (size_t i = 0; i < n; i++)
		sweep_one(tmp, names[i]);
	file_names_free(names, n);
}

/* Our own folder in tmp/, locked. */
static bool make_own(struct store *s, int tmp, struct err *e)
{
	for (int i = 0; i < FOLDER_TRIES; i++) {
		char name[STORE_NAME_MAX];

		snprintf(name, sizeof name, "%d-%d", (int)getpid(), i);
		if (mkdirat(tmp, name, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			return store_failed(s, e);
		}
		s->tmp_fd = openat(tmp, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (s->tmp_fd < 0 || fchmod(s->tmp_fd, 0700) < 0 ||
			flock(s->tmp_fd, LOCK_EX | LOCK_NB) < 0)
			return store_failed(s, e);
		s->tmp_name = mem_alloc(STORE_NAME_MAX + 4);
		snprintf(s->tmp_name, STORE_NAME_MAX + 4, "tmp/%s", name);
		return true;
	}
	return err_set(e, ERR_IO, "no name is free in '%s/tmp'", s->path);
}

/* tmp/ itself is locked meanwhile, so that nobody sweeps a folder between its making and its lock. */
static bool open_tmp(struct store *s, struct err *e)
{
	CLEANUP(file_closep)
	int tmp = openat(s->fd, "tmp", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (tmp < 0)
		return store_failed(s, e);
	while (flock(tmp, LOCK_EX) < 0)
		if (errno != EINTR)
			return store_failed(s, e);
	sweep(tmp);
	return make_own(s, tmp, e);
}

/* Waits: for a gc that runs, which is short; as its caller also for everybody else. */
static bool lock_folder(const struct store *s, int operation, struct err *e)
{
	while (flock(s->fd, operation) < 0)
		if (errno != EINTR)
			return err_os(e, "cannot lock the store '%s'", s->path);
	return true;
}

bool store_lock_alone(struct store *s, void (*waits)(void *ctx), void *ctx, struct err *e)
{
	/* Failing, this has given up the shared lock. */
	if (flock(s->fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (waits)
		waits(ctx);
	return lock_folder(s, LOCK_EX, e);
}

static bool open_at(struct store *s, const char *path, struct err *e)
{
	if (!file_mkdirs(AT_FDCWD, path, e)) {
		err_wrap(e, "no store at '%s'", path);
		return err_hint(e, "name a folder that you may write with --store DIR");
	}
	s->path = realpath(path, NULL);
	if (!s->path)
		return err_os(e, "cannot open the store '%s'", path);
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0)
		return err_os(e, "cannot open the store '%s'", path);
	if (!lock_folder(s, LOCK_SH, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (!make_folder(s, folders[i], e))
			return false;
	return open_tmp(s, e);
}

bool store_open(struct store **ret, const char *path, struct err *e)
{
	CLEANUP(store_freep) struct store *s = MEM_NEW(struct store);
	CLEANUP(mem_free) char *chosen = NULL;

	s->fd = s->tmp_fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	if (path && path[0])
		chosen = mem_string(str_of(path));
	else if (!default_path(&chosen, e))
		return false;
	if (!open_at(s, chosen, e)) {
		if (!e->hint[0])
			err_hint(e, "name a folder that you may write with --store DIR");
		return false;
	}
	*ret = TAKE(s);
	return true;
}

void store_free(struct store *s)
{
	struct err ignored = { 0 };

	if (!s)
		return;
	if (s->tmp_name && !file_remove_tree(s->fd, s->tmp_name, &ignored))
		ignored.kind = ERR_NONE; /* the next store_open tries again */
	store_sources_free(s->sources);
	file_closep(&s->tmp_fd);
	file_closep(&s->fd);
	pthread_mutex_destroy(&s->lock);
	free(s->tmp_name);
	free(s->path);
	free(s);
}

void store_freep(struct store **s)
{
	store_free(*s);
	*s = NULL;
}

static bool folder_is_own(const struct store *s, const char *name)
{
	struct stat st;

	if (fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode) ||
		(st.st_uid != geteuid() && st.st_uid != 0))
		return false;
	/* With umask 002 the group is the user's own. */
	return !(st.st_mode & S_IWOTH) && (!(st.st_mode & S_IWGRP) || st.st_gid == getegid());
}

bool store_is_own(const struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (!folder_is_own(s, folders[i]))
			return false;
	return folder_is_own(s, ".");
}

const char *store_path(const struct store *s)
{
	return s->path;
}

int store_fd(const struct store *s)
{
	return s->fd;
}
