#define ASSAY_MAY_ASK_THE_MACHINE
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/banned.h"

/* From <sys/file.h>, a name that our own has taken. */
int flock(int fd, int operation);

enum { TEMPORARY_TRIES = 100, PIECE = 1 << 20 };

void file_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int file_open(int dir, const char *path, struct err *e)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		bool missing = errno == ENOENT;

		err_os(e, "cannot open '%s'", path);
		if (missing)
			e->kind = ERR_NOTFOUND;
	}
	return fd;
}

bool file_read_fd(int fd, const char *name, size_t max, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(max);
	uint8_t chunk[65536];
	uint64_t at = 0;

	for (;;) {
		ssize_t n = pread(fd, chunk, sizeof chunk, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_os(e, "cannot read '%s'", name);
		if (n == 0)
			break;
		buf_add(&b, chunk, (size_t)n);
		if (!buf_ok(&b))
			return err_set(e, ERR_LIMIT, "'%s' is larger than %zu bytes", name, max);
		at += (uint64_t)n;
	}
	*out = b;
	b = (struct buf){ 0 };
	return true;
}

/* Into its place, without growing; false when the file is not what it was a moment ago. */
static bool read_whole(int fd, size_t size, size_t max, struct buf *out)
{
	CLEANUP(buf_done) struct buf b = buf_init(max);
	uint8_t more;

	b.p = mem_alloc(size);
	b.room = size;
	while (b.n < size) {
		ssize_t n = pread(fd, b.p + b.n, size - b.n, (off_t)b.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		b.n += (size_t)n;
	}
	if (pread(fd, &more, 1, (off_t)size) != 0)
		return false;
	*out = b;
	b = (struct buf){ 0 };
	return true;
}

bool file_read(int dir, const char *path, size_t max, struct buf *out, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(dir, path, e);
	struct stat st;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read '%s'", path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_USAGE, "cannot read '%s': it is a folder, not a file", path);
	if (S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size <= max &&
		read_whole(fd, (size_t)st.st_size, max, out))
		return true;
	return file_read_fd(fd, path, max, out, e);
}

bool file_pread(int fd, void *dst, size_t n, uint64_t at, const char *name, struct err *e)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = pread(fd, (uint8_t *)dst + got, n - got, (off_t)(at + got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_os(e, "cannot read '%s'", name);
		if (r == 0)
			return err_set(e, ERR_FORMAT, "'%s' ends at %zu, wanted %zu bytes at %llu",
				name, (size_t)at + got, n, (unsigned long long)at);
		got += (size_t)r;
	}
	return true;
}

bool file_hash(struct hasher *h, int fd, uint64_t at, uint64_t end, const char *name, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);

	for (size_t n; at < end; at += n) {
		n = end - at < PIECE ? (size_t)(end - at) : PIECE;
		if (!file_pread(fd, piece, n, at, name, e))
			return false;
		hasher_add(h, piece, n);
	}
	return true;
}

bool file_pwrite(int fd, const void *src, size_t n, uint64_t at, const char *name, struct err *e)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pwrite(fd, (const uint8_t *)src + done, n - done, (off_t)(at + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			bool full = errno == ENOSPC || errno == EDQUOT;

			err_os(e, "cannot write '%s'", name);
			if (full)
				err_hint(e, "free some space, or name another folder");
			return false;
		}
		done += (size_t)r;
	}
	return true;
}

/* A new file beside path; its name goes to temporary. */
static int create_temporary(int dir, const char *path, mode_t mode, char *temporary, size_t size)
{
	if (str_ends(str_of(path), "/")) {
		errno = EISDIR;
		return -1;
	}
	for (int i = 0; i < TEMPORARY_TRIES; i++) {
		int fd;

		if (snprintf(temporary, size, "%s.%d-%d.tmp", path, (int)getpid(), i) >=
			(int)size) {
			errno = ENAMETOOLONG;
			return -1;
		}
		fd = openat(
			dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

static bool sync_parent(int dir, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(mem_free)
	char *parent = slash ? mem_string(
				       str_make(path, slash == path ? 1 : (size_t)(slash - path)))
			     : mem_string(STR("."));
	CLEANUP(file_closep) int fd = openat(dir, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_os(e, "cannot sync folder '%s'", parent);
	return true;
}

/* A device, a pipe, or a link to what a process has open (/dev/stdout) would be replaced, and be gone for everybody. */
static bool may_replace(int dir, const char *path, struct err *e)
{
	char target[16];
	struct stat st;
	ssize_t n = 0;

	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return true; /* creating it says why, if it is not only missing */
	if (S_ISLNK(st.st_mode))
		n = readlinkat(dir, path, target, sizeof target);
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ||
		(S_ISLNK(st.st_mode) &&
			!(n > 0 && str_starts(str_make(target, (size_t)n), "/proc/"))))
		return true;
	err_set(e, ERR_USAGE, "cannot write '%s': it is no regular file", path);
	return err_hint(e, "name a file; it is written beside its place and then put there");
}

enum put { PUT_FAST, PUT_SYNCED, PUT_NEW };

/* Gives the temporary file its name. A new name is never one that is there: where the file system cannot say so, by a link. */
static bool name_file(int dir, const char *temporary, const char *path, enum put how)
{
	if (how != PUT_NEW)
		return renameat(dir, temporary, dir, path) == 0;
	if (renameat2(dir, temporary, dir, path, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return linkat(dir, temporary, dir, path, 0) == 0 && unlinkat(dir, temporary, 0) == 0;
}

static bool cannot_put(const char *path, enum put how, struct err *e)
{
	if (how != PUT_NEW || errno != EEXIST)
		return err_os(e, "cannot write '%s'", path);
	err_set(e, ERR_USAGE, "'%s' is there already, and is not replaced", path);
	return err_hint(e, "name another file, or move that one away first");
}

static bool put_held(
	int dir, const char *path, struct span bytes, mode_t mode, enum put how, struct err *e)
{
	char temporary[4096];
	CLEANUP(file_closep) int fd = -1;

	if (how != PUT_NEW && !may_replace(dir, path, e))
		return false;
	fd = create_temporary(dir, path, mode, temporary, sizeof temporary);
	if (fd < 0)
		return err_os(e, "cannot create '%s'", path);
	if (fchmod(fd, mode) < 0 || !file_pwrite(fd, bytes.p, bytes.n, 0, path, e)) {
		if (e->kind == ERR_NONE)
			err_os(e, "cannot write '%s'", path);
		unlinkat(dir, temporary, 0);
		return false;
	}
	if ((how != PUT_FAST && fsync(fd) < 0) || !name_file(dir, temporary, path, how)) {
		cannot_put(path, how, e);
		unlinkat(dir, temporary, 0);
		return false;
	}
	return how == PUT_FAST || sync_parent(dir, path, e);
}

/*
 * Whoever ends the process is heard once the file has its name or is gone, since its temporary would stay; unless another
 * thread hears it.
 */
static bool put_file(
	int dir, const char *path, struct span bytes, mode_t mode, enum put how, struct err *e)
{
	sigset_t ends, before;
	bool ok;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	ok = put_held(dir, path, bytes, mode, how, e);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

bool file_write(int dir, const char *path, struct span bytes, mode_t mode, struct err *e)
{
	return put_file(dir, path, bytes, mode, PUT_SYNCED, e);
}

bool file_replace(int dir, const char *path, struct span bytes, mode_t mode, struct err *e)
{
	return put_file(dir, path, bytes, mode, PUT_FAST, e);
}

bool file_create(int dir, const char *path, struct span bytes, mode_t mode, struct err *e)
{
	return put_file(dir, path, bytes, mode, PUT_NEW, e);
}

bool file_lock_alone(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

bool file_mkdirs(int dir, const char *path, struct err *e)
{
	CLEANUP(mem_free) char *p = mem_string(str_of(path));

	for (char *s = p + 1; p[0]; s++) {
		bool end = *s == 0;

		if (!end && *s != '/')
			continue;
		*s = 0;
		if (mkdirat(dir, p, 0777) < 0 && errno != EEXIST)
			return err_os(e, "cannot make folder '%s'", p);
		if (end)
			break;
		*s = '/';
	}
	return true;
}

/* A folder without permission bits is opened up first. Never through a link. */
static int open_folder(int dir, const char *name)
{
	(void)fchmodat(
		dir, name, 0700, AT_SYMLINK_NOFOLLOW); /* where that fails, opening says so */
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool file_make(int folder, const char *name, bool (*write)(void *ctx, int fd, struct err *e),
	void *ctx, struct err *e)
{
	char part[NAME_MAX + 1];
	CLEANUP(file_closep) int fd = -1;

	if ((size_t)snprintf(part, sizeof part, "%s.part", name) >= sizeof part)
		return err_set(e, ERR_USAGE, "the name '%s' is too long", name);
	if (unlinkat(folder, part, 0) < 0 && errno != ENOENT)
		return err_os(e, "cannot replace '%s'", part);
	fd = openat(folder, part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_os(e, "cannot create '%s'", part);
	if (!write(ctx, fd, e)) {
		unlinkat(folder, part, 0);
		return false;
	}
	if (fchmod(fd, 0644) < 0 || renameat(folder, part, folder, name) < 0)
		return err_os(e, "cannot finish '%s'", name);
	return true;
}

/* Removes a file, a link or an empty folder; false for a folder with something in it, or with errno. */
static bool remove_one(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == 0)
		return true;
	return (errno == EISDIR || errno == EPERM) && unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

/* Moves the folder dir/name into top, under a name that nothing has (one that an empty folder has is as good). */
static bool lift(int top, int dir, const char *name, unsigned *n)
{
	char place[32];
	int rc;

	(void)fchmodat(dir, name, 0700, AT_SYMLINK_NOFOLLOW); /* its ".." changes */
	do {
		snprintf(place, sizeof place, ".lifted-%u", (*n)++);
		rc = renameat(dir, name, top, place);
	} while (rc < 0 && (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR));
	return rc == 0;
}

/* What is in top/name goes, folders with something in them go up into top: no depth costs descriptors or stack. */
static bool empty_one(int top, const char *name, unsigned *n, struct err *e)
{
	CLEANUP(file_closep) int fd = open_folder(top, name);
	char **names = NULL;
	size_t count = 0;
	bool ok = true;

	if (fd < 0)
		return err_os(e, "cannot remove '%s'", name);
	if (!file_names(fd, ".", &names, &count, e))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		ok = remove_one(fd, names[i]) || lift(top, fd, names[i], n) ||
		     err_os(e, "cannot remove '%s'", names[i]);
	file_names_free(names, count);
	return ok &&
	       (unlinkat(top, name, AT_REMOVEDIR) == 0 || err_os(e, "cannot remove '%s'", name));
}

/* One round over what is in top; *left: something may have come up meanwhile. */
static bool empty_round(int top, unsigned *n, bool *left, struct err *e)
{
	char **names = NULL;
	size_t count = 0;
	bool ok;

	ok = file_names(top, ".", &names, &count, e);
	*left = count > 0;
	for (size_t i = 0; ok && i < count; i++)
		ok = remove_one(top, names[i]) || empty_one(top, names[i], n, e);
	file_names_free(names, count);
	return ok;
}

bool file_remove_tree(int dir, const char *path, struct err *e)
{
	CLEANUP(file_closep) int top = -1;
	unsigned n = 0;
	bool left = true;

	if (remove_one(dir, path) || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM && errno != ENOTEMPTY && errno != EEXIST)
		return err_os(e, "cannot remove '%s'", path);
	top = open_folder(dir, path);
	if (top < 0)
		return err_os(e, "cannot remove '%s'", path);
	while (left)
		if (!empty_round(top, &n, &left, e))
			return err_wrap(e, "'%s'", path);
	return unlinkat(dir, path, AT_REMOVEDIR) == 0 || err_os(e, "cannot remove '%s'", path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool file_names(int dir, const char *path, char ***names, size_t *n_ret, struct err *e)
{
	CLEANUP(file_closep) int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char **list = NULL;
	size_t n = 0;

	if (!d)
		return err_os(e, "cannot list '%s'", path);
	fd = -1;
	for (struct dirent *entry; (entry = readdir(d));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if ((n & (n - 1)) == 0)
			list = mem_grow(list, n ? n * 2 : 1, sizeof *list);
		list[n++] = mem_string(str_of(entry->d_name));
	}
	closedir(d);
	if (n)
		qsort(list, n, sizeof *list, by_name);
	*names = list;
	*n_ret = n;
	return true;
}

void file_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}
