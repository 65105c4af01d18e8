/*
 * assay-package CONTROL DATA SECONDS FILE: writes the Debian package FILE of two folders, all times being SECONDS since
 * 1970. For tool/package/package.sh; it is not installed.
 */
#include <stdio.h>

#include "cmd/line.h"
#include "deb/deb_write.h"
#include "tree/folder.h"
#include "sys/file.h"
#include "base/banned.h"

enum { FILE_MAX_HERE = 64 << 20, PACKAGE_MAX = 2 * DEB_WRITE_MAX };

/* Files of a package are few: they are kept in memory, as long as the arena lives. */
static bool put(void *ctx, int fd, struct content *ret, struct err *e)
{
	struct arena *a = ctx;
	CLEANUP(buf_done) struct buf bytes = buf_init(0);
	struct content_memory *memory;
	struct str copy;

	if (!file_read_fd(fd, "file", FILE_MAX_HERE, &bytes, e))
		return false;
	memory = ARENA_NEW(a, struct content_memory);
	copy = arena_str(a, buf_str(&bytes));
	if (!memory || !copy.p)
		return arena_full(a, e);
	content_of_memory(ret, memory, str_span(copy));
	return true;
}

static bool read_folder(
	struct tree *t, struct arena *a, const char *path, int64_t at_unix, struct err *e)
{
	struct folder_put keep = { put, a };

	return tree_from_folder(t, AT_FDCWD, path, STR(""), STR("package"), &keep, e) &&
	       tree_finish(t, at_unix, e);
}

static bool package(char **args, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(DEB_WRITE_MAX);
	CLEANUP(tree_freep) struct tree *control = tree_new(1 << 20);
	CLEANUP(tree_freep) struct tree *data = tree_new(64 << 20);
	CLEANUP(buf_done) struct buf out = buf_init(PACKAGE_MAX);
	uint64_t at_unix;

	if (!str_u64(str_of(args[2]), &at_unix, INT32_MAX))
		return err_set(e, ERR_USAGE, "'%s' is no time in seconds since 1970", args[2]);
	return read_folder(control, a, args[0], (int64_t)at_unix, e) &&
	       read_folder(data, a, args[1], (int64_t)at_unix, e) &&
	       deb_write(&out, control, data, (int64_t)at_unix, e) &&
	       file_write(AT_FDCWD, args[3], buf_span(&out), 0644, e);
}

int main(int argc, char **argv)
{
	struct err e = { 0 };

	if (argc != 5) {
		fputs("usage: assay-package CONTROL DATA SECONDS FILE\n", stderr);
		return 2;
	}
	if (package(argv + 1, &e))
		return 0;
	line_print(stderr, "assay-package: cannot write the package: %s", e.text);
	return 2;
}
