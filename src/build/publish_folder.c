#include "build/publish_folder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/publication_files.h"
#include "sys/file.h"
#include "base/banned.h"

#define PARTIAL ".partial"

static char *path_of(const char *place, const char *end)
{
	CLEANUP(buf_done) struct buf b = buf_init(PATH_MAX);
	size_t n = strlen(place);

	while (n > 1 && place[n - 1] == '/')
		n--;
	buf_add(&b, place, n);
	buf_add_cstr(&b, end);
	return buf_ok(&b) ? buf_take_cstr(&b) : NULL;
}

/* ---- what stands at the place ---- */

static bool is_index(int dir, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	CLEANUP(arena_freep) struct arena *a = arena_new(PUBLICATION_INDEX_MEMORY_MAX);
	struct publication_index index;

	return file_read(dir, PUBLICATION_INDEX, PUBLICATION_INDEX_SIZE_MAX, &text, e) &&
	       publication_index_parse(&index, buf_span(&text), a, e);
}

/* Nothing, an empty folder, or a publication. */
static bool look_at_place(struct publish_folder *f, struct err *e)
{
	CLEANUP(file_closep)
	int dir = open(f->place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char **names = NULL;
	struct err why = { 0 };
	size_t n = 0;

	f->replaces = dir >= 0;
	if (dir < 0 && errno == ENOENT)
		return true;
	if (dir >= 0 && !file_names(dir, ".", &names, &n, e))
		return false;
	file_names_free(names, n);
	if (dir >= 0 && (!n || is_index(dir, &why)))
		return true;
	err_set(e, ERR_USAGE, "'%s' is there and is no publication", f->place);
	return err_hint(e, "name another folder with -o, or remove that one");
}

static bool open_partial(struct publish_folder *f, struct err *e)
{
	if (!file_mkdirs(AT_FDCWD, f->partial, e))
		return false;
	f->fd = open(f->partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (f->fd < 0)
		return err_os(e, "cannot open '%s'", f->partial);
	if (file_lock_alone(f->fd))
		return true;
	file_closep(&f->fd);
	return err_set(e, ERR_USAGE, "another process writes '%s' right now", f->place);
}

/* All that is in the open folder. */
static bool empty(int dir, struct err *e)
{
	char **names;
	size_t n;
	bool ok = true;

	if (!file_names(dir, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = file_remove_tree(dir, names[i], e);
	file_names_free(names, n);
	return ok;
}

bool publish_folder_begin(
	struct publish_folder *ret, const char *place, int64_t mtime_unix, struct err *e)
{
	*ret = (struct publish_folder){ .place = path_of(place, ""),
		.partial = path_of(place, PARTIAL),
		.fd = -1,
		.mtime_unix = mtime_unix };
	if (!ret->place || !ret->partial)
		return err_set(e, ERR_LIMIT, "the path '%.100s...' is too long", place);
	return look_at_place(ret, e) && open_partial(ret, e) && empty(ret->fd, e);
}

/* ---- what is in it ---- */

bool publish_folder_put(struct publish_folder *f, struct str path, struct span bytes, struct err *e)
{
	CLEANUP(mem_free) char *name = mem_string(path);
	char *slash = strrchr(name, '/');

	if (slash) {
		*slash = 0;
		if (!file_mkdirs(f->fd, name, e))
			return err_wrap(e, "'%s'", f->partial);
		*slash = '/';
	}
	return file_write(f->fd, name, bytes, 0644, e) || err_wrap(e, "'%s'", f->partial);
}

/* Folders 0755, files as they are, all of one time; from the leaves, for what is made in a folder changes its time. */
static bool settle(const struct publish_folder *f, int dir, const char *name, struct err *e)
{
	const struct timespec t = { .tv_sec = f->mtime_unix };
	CLEANUP(file_closep) int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char **names;
	struct stat st;
	bool ok = true;
	size_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_os(e, "cannot open '%s'", name);
	if (S_ISDIR(st.st_mode)) {
		if (!file_names(fd, ".", &names, &n, e))
			return false;
		for (size_t i = 0; ok && i < n; i++)
			ok = (fstatat(fd, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
				     S_ISLNK(st.st_mode)) ||
			     settle(f, fd, names[i], e);
		file_names_free(names, n);
		if (ok && (fchmod(fd, 0755) < 0 || fsync(fd) < 0))
			return err_os(e, "cannot write '%s'", name);
	}
	if (!ok)
		return false;
	return futimens(fd, (const struct timespec[]){ t, t }) == 0 ||
	       err_os(e, "cannot write '%s'", name);
}

bool publish_folder_index(struct publish_folder *f, struct str name, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(PUBLICATION_INDEX_SIZE_MAX);
	struct publication_index index = { .name = name };

	if (!publication_files_read(&index.files, &index.n_files, f->fd, a, e))
		return err_wrap(e, "'%s'", f->partial);
	publication_index_emit(&text, &index);
	if (!buf_ok(&text))
		return buf_full(&text, "'" PUBLICATION_INDEX "'", e);
	return publish_folder_put(f, STR(PUBLICATION_INDEX), buf_span(&text), e) &&
	       settle(f, AT_FDCWD, f->partial, e);
}

/* ---- its place ---- */

static bool sync_above(const char *place, struct err *e)
{
	CLEANUP(mem_free) char *above = mem_string(str_of(place));
	char *slash = strrchr(above, '/');
	CLEANUP(file_closep) int fd = -1;

	if (slash)
		slash[slash == above] = 0;
	fd = open(slash ? above : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return (fd >= 0 && fsync(fd) == 0) || err_os(e, "cannot sync the folder of '%s'", place);
}

bool publish_folder_finish(struct publish_folder *f, struct err *e)
{
	unsigned how = f->replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;

	if (renameat2(AT_FDCWD, f->partial, AT_FDCWD, f->place, how) < 0) {
		err_os(e, "cannot give '%s' its place", f->place);
		return err_hint(e, "remove what stands there, and run the same command again");
	}
	if (!sync_above(f->place, e))
		return false;
	/* The old one, under the name that the new one had. */
	if (f->replaces && !file_remove_tree(AT_FDCWD, f->partial, e))
		return false;
	free(f->partial);
	f->partial = NULL;
	return true;
}

void publish_folder_done(struct publish_folder *f)
{
	struct err ignored = { 0 };

	if (f->fd >= 0 && f->partial)
		(void)!file_remove_tree(AT_FDCWD, f->partial, &ignored);
	file_closep(&f->fd);
	free(f->place);
	free(f->partial);
	*f = (struct publish_folder){ .fd = -1 };
}
