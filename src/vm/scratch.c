#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

#define HELD "assay-held-"

enum { PATH_TEXT_MAX = 4096, HELD_TRIES = 8 };

static const char *place(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && tmp[0] == '/' ? tmp : "/tmp";
}

static bool make(char **ret, const char *name, struct err *e)
{
	CLEANUP(mem_free) char *path = NULL;
	struct buf b = buf_init(PATH_TEXT_MAX);

	buf_printf(&b, "%s/%sXXXXXX", place(), name);
	if (!buf_ok(&b)) {
		buf_done(&b);
		return err_set(e, ERR_LIMIT, "TMPDIR is longer than %d bytes", PATH_TEXT_MAX);
	}
	path = buf_take_cstr(&b);
	if (!mkdtemp(path))
		return err_os(e, "cannot make a temporary folder '%s'", path);
	*ret = TAKE(path);
	return true;
}

bool scratch_make(char **ret, struct err *e)
{
	return make(ret, "assay-", e);
}

/* The folder, locked; -1 when another process has it, or removed it just now. */
static int hold(int dir, const char *path)
{
	CLEANUP(file_closep)
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat locked, there;
	int held = fd;

	if (fd < 0 || !file_lock_alone(fd) || fstat(fd, &locked) < 0 ||
		fstatat(dir, path, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
		locked.st_ino != there.st_ino || locked.st_dev != there.st_dev)
		return -1;
	fd = -1;
	return held;
}

/* What a process that is gone left. A folder that another user gave this name is his. */
static void sweep(void)
{
	CLEANUP(file_closep) int dir = open(place(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err ignored;
	char **names;
	size_t n;

	if (dir < 0 || !file_names(dir, ".", &names, &n, &ignored))
		return;
	for (size_t i = 0; i < n; i++) {
		CLEANUP(file_closep) int held = -1;
		struct stat st;

		if (!str_starts(str_of(names[i]), HELD) ||
			fstatat(dir, names[i], &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			(st.st_uid != geteuid() && geteuid() != 0))
			continue;
		held = hold(dir, names[i]);
		if (held >= 0 && !file_remove_tree(dir, names[i], &ignored))
			ignored.kind = ERR_NONE;
	}
	file_names_free(names, n);
}

bool scratch_make_held(char **ret, int *held, struct err *e)
{
	sweep();
	for (int i = 0; i < HELD_TRIES; i++) {
		CLEANUP(mem_free) char *path = NULL;

		if (!make(&path, HELD, e))
			return false;
		*held = hold(AT_FDCWD, path);
		if (*held >= 0) {
			*ret = TAKE(path);
			return true;
		}
	}
	return err_set(e, ERR_IO, "cannot lock a temporary folder below '%s'", place());
}

void scratch_removep(char **path)
{
	struct err ignored;

	if (!*path)
		return;
	/* What cannot be removed is a temporary file that stays; nothing else depends on it. */
	if (!file_remove_tree(AT_FDCWD, *path, &ignored))
		ignored.kind = ERR_NONE;
	free(*path);
	*path = NULL;
}
