#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store_inside.h"
#include "sys/file.h"
#include "base/banned.h"

static void next_name(struct store *s, char name[static STORE_NAME_MAX], char kind)
{
	snprintf(name, STORE_NAME_MAX, "%c%u", kind, atomic_fetch_add(&s->counter, 1));
}

bool store_temp_new(struct store *s, char name[static STORE_NAME_MAX], int *ret, struct err *e)
{
	int fd;

	next_name(s, name, 'f');
	fd = openat(s->tmp_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return store_failed(s, e);
	*ret = fd;
	return true;
}

void store_temp_drop(struct store *s, const char *name)
{
	unlinkat(s->tmp_fd, name, 0);
}

/* Makes the entries of the folder that holds place last. */
static bool sync_folder_of(const struct store *s, const char *place, struct err *e)
{
	const char *slash = strrchr(place, '/');
	CLEANUP(mem_free)
	char *folder = mem_string(str_make(place, slash ? (size_t)(slash - place) : 0));
	CLEANUP(file_closep)
	int fd = openat(s->fd, slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return (fd >= 0 && fsync(fd) == 0) || store_failed(s, e);
}

/* After this the bytes are on the disk under the temporary's name, read only. */
static bool settle(struct store *s, int fd, struct err *e)
{
	return (fchmod(fd, 0444) == 0 && fsync(fd) == 0) || store_failed(s, e);
}

bool store_place(
	struct store *s, int dir, const char *name, int fd, const char *place, struct err *e)
{
	if (!settle(s, fd, e))
		return false;
	if (renameat(dir, name, s->fd, place) < 0)
		return store_failed(s, e);
	return sync_folder_of(s, place, e);
}

bool store_temp_place(struct store *s, const char *name, int fd, const char *place, struct err *e)
{
	return store_place(s, s->tmp_fd, name, fd, place, e);
}

bool store_temp_place_new(
	struct store *s, const char *name, int fd, const char *place, bool *there, struct err *e)
{
	if (!settle(s, fd, e))
		return false;
	if (linkat(s->tmp_fd, name, s->fd, place, 0) < 0) {
		if (errno != EEXIST)
			return store_failed(s, e);
		*there = true;
		return true;
	}
	*there = false;
	return sync_folder_of(s, place, e);
}

bool store_replace(struct store *s, const char *place, struct span bytes, struct err *e)
{
	char name[STORE_NAME_MAX];
	CLEANUP(file_closep) int fd = -1;

	if (!store_temp_new(s, name, &fd, e))
		return false;
	if (!file_pwrite(fd, bytes.p, bytes.n, 0, place, e)) {
		store_temp_drop(s, name);
		return err_wrap(e, "cannot write in the store '%s'", s->path);
	}
	if (fchmod(fd, 0444) == 0 && renameat(s->tmp_fd, name, s->fd, place) == 0)
		return true;
	store_failed(s, e);
	store_temp_drop(s, name);
	return false;
}

bool store_tmpdir(struct store *s, char **ret, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(PATH_MAX);
	char name[STORE_NAME_MAX];

	next_name(s, name, 'd');
	buf_printf(&b, "%s/%s/%s", s->path, s->tmp_name, name);
	if (!buf_ok(&b))
		return buf_full(&b, "the path of a temporary folder", e);
	if (mkdirat(s->tmp_fd, name, 0700) < 0 || fchmodat(s->tmp_fd, name, 0700, 0) < 0)
		return store_failed(s, e);
	*ret = buf_take_cstr(&b);
	return true;
}

void store_tmpdir_remove(struct store *s, char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct err ignored = { 0 };

	if (slash && !file_remove_tree(s->tmp_fd, slash + 1, &ignored))
		ignored.kind = ERR_NONE; /* goes with the store */
	free(path);
}
