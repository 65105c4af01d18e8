#include "build/publication_files.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

enum { DEPTH_MAX = 64 };

struct listing {
	int folder;
	struct arena *a;
	struct publication_file *items; /* grows; moved to the arena at the end */
	size_t n;
	unsigned depth;
};

static bool add_file(struct listing *l, struct str path, uint64_t size, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(file_closep)
	int fd = openat(l->folder, path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct publication_file f = { .path = path, .size = size };

	if (fd < 0)
		return err_os(e, "cannot open '%s'", path.p);
	if (!publication_index_path_ok(path))
		return err_set(
			e, ERR_FORMAT, "'%s' is no name for a file of a publication", path.p);
	if (l->n == PUBLICATION_INDEX_FILES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d files", PUBLICATION_INDEX_FILES_MAX);
	if (!file_hash(h, fd, 0, size, path.p, e))
		return false;
	hasher_end(h, f.sha256);
	if ((l->n & (l->n - 1)) == 0)
		l->items = mem_grow(l->items, l->n ? 2 * l->n : 1, sizeof *l->items);
	l->items[l->n++] = f;
	return true;
}

static bool list_folder(struct listing *l, struct str path, struct err *e);

static bool list_one(struct listing *l, struct str path, struct err *e)
{
	struct stat st;

	if (fstatat(l->folder, path.p, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_os(e, "cannot read '%s'", path.p);
	if (S_ISLNK(st.st_mode) || str_is(path, PUBLICATION_INDEX))
		return true;
	if (S_ISDIR(st.st_mode))
		return list_folder(l, path, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "'%s' is no file, folder or link", path.p);
	return add_file(l, path, (uint64_t)st.st_size, e);
}

static bool list_folder(struct listing *l, struct str path, struct err *e)
{
	char **names;
	size_t n;
	bool ok = true;

	if (l->depth == DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "folders lie deeper than %d", DEPTH_MAX);
	l->depth++;
	if (!file_names(l->folder, path.n ? path.p : ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++) {
		struct str below = arena_printf(
			l->a, "%.*s%s%s", STR_ARG(path), path.n ? "/" : "", names[i]);

		ok = below.p ? list_one(l, below, e) : arena_full(l->a, e);
	}
	file_names_free(names, n);
	l->depth--;
	return ok;
}

static int by_path(const void *a, const void *b)
{
	const struct publication_file *x = a, *y = b;

	return str_compare(x->path, y->path);
}

static bool take(struct listing *l, const struct publication_file **ret, struct err *e)
{
	struct publication_file *files = ARENA_ARRAY(l->a, l->n, struct publication_file);

	if (!files)
		return arena_full(l->a, e);
	if (l->n) {
		memcpy(files, l->items, l->n * sizeof *files);
		qsort(files, l->n, sizeof *files, by_path);
	}
	*ret = files;
	return true;
}

bool publication_files_read(
	const struct publication_file **ret, size_t *n, int folder, struct arena *a, struct err *e)
{
	struct listing l = { .folder = folder, .a = a };
	bool ok = list_folder(&l, STR(""), e) && take(&l, ret, e);

	free(l.items);
	if (ok)
		*n = l.n;
	return ok;
}
