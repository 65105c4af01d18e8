#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_source.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "tree/tree.h"
#include "base/banned.h"

enum { DEPTH_MAX = 32 };

struct collection {
	struct store *store;
	struct arena *a;
	struct str glob;
	struct component_source *items; /* malloc */
	size_t n, room;
	size_t n_matched; /* of the present glob */
};

static size_t count_slashes(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '/';
	return n;
}

/* Can something below the folder match? */
static bool may_enter(struct str glob, struct str folder)
{
	for (size_t i = 0; i + 1 < glob.n; i++)
		if (glob.p[i] == '*' && glob.p[i + 1] == '*')
			return true;
	return count_slashes(glob) > count_slashes(folder);
}

static bool add_file(
	struct collection *c, int dir, const char *name, struct str path, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct component_source *item;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_os(e, "cannot read source '%s'", path.p);
	if (c->n >= COMPONENT_SOURCES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d source files", COMPONENT_SOURCES_MAX);
	if (!file_read_fd(fd, path.p, COMPONENT_SOURCE_SIZE_MAX, &bytes, e))
		return false;
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		c->items = mem_grow(c->items, c->room, sizeof *c->items);
	}
	item = &c->items[c->n];
	*item = (struct component_source){
		.path = arena_str(c->a, path),
		.executable = (st.st_mode & S_IXUSR) != 0,
		.size = bytes.n,
	};
	if (!item->path.p)
		return arena_full(c->a, e);
	if (!store_put(c->store, buf_span(&bytes), item->sha256, e))
		return false;
	c->n++;
	return true;
}

static bool walk(struct collection *c, int dir, const char *prefix, unsigned depth, struct err *e);

static bool visit(struct collection *c, int dir, const char *prefix, const char *name,
	unsigned depth, struct err *e)
{
	char path[PATH_MAX];
	struct stat st;
	CLEANUP(file_closep) int below = -1;

	if (snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] ? "/" : "", name) >=
		(int)sizeof path)
		return err_set(e, ERR_LIMIT, "source path below '%s' is too long", prefix);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_os(e, "cannot read source '%s'", path);
	if (!S_ISDIR(st.st_mode)) {
		if (!str_glob(c->glob, str_of(path)))
			return true;
		c->n_matched++;
		if (!S_ISREG(st.st_mode))
			return err_set(e, ERR_FORMAT, "source '%s' is no regular file", path);
		return add_file(c, dir, name, str_of(path), e);
	}
	if (!strcmp(name, ".git") || !may_enter(c->glob, str_of(path)))
		return true;
	below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		return err_os(e, "cannot open source folder '%s'", path);
	return walk(c, below, path, depth + 1, e);
}

static bool walk(struct collection *c, int dir, const char *prefix, unsigned depth, struct err *e)
{
	char **names = NULL;
	size_t n = 0;
	bool ok = true;

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "source folder '%s' is nested more than %d deep",
			prefix, DEPTH_MAX);
	if (!file_names(dir, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = visit(c, dir, prefix, names[i], depth, e);
	file_names_free(names, n);
	return ok;
}

/* The glob's leading components without wildcards, so that only what can match is read; owned by the caller. */
static char *literal_folder(struct str glob)
{
	size_t end = 0;

	for (size_t i = 0; i < glob.n && glob.p[i] != '*' && glob.p[i] != '?'; i++)
		if (glob.p[i] == '/')
			end = i;
	return mem_string(str_make(glob.p, end));
}

static bool collect_glob(struct collection *c, int top, struct err *e)
{
	CLEANUP(mem_free) char *prefix = literal_folder(c->glob);
	CLEANUP(file_closep) int dir = -1;

	if (!tree_check_path(c->glob, e) || !c->glob.n)
		return err_wrap(e, "files: '%.*s'", STR_ARG(c->glob));
	c->n_matched = 0;
	dir = openat(top, prefix[0] ? prefix : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno != ENOENT && errno != ENOTDIR)
		return err_os(e, "cannot open source folder '%s'", prefix);
	if (dir >= 0 && !walk(c, dir, prefix, 0, e))
		return false;
	if (c->n_matched)
		return true;
	return err_set(e, ERR_NOTFOUND, "files: '%.*s' matches nothing", STR_ARG(c->glob));
}

static int by_path(const void *x, const void *y)
{
	const struct component_source *a = x, *b = y;

	return str_compare(a->path, b->path);
}

/* Files that several globs named stay once. */
static void sort_once(struct collection *c)
{
	size_t kept = 0;

	if (c->n)
		qsort(c->items, c->n, sizeof *c->items, by_path);
	for (size_t i = 0; i < c->n; i++)
		if (!kept || !str_equal(c->items[kept - 1].path, c->items[i].path))
			c->items[kept++] = c->items[i];
	c->n = kept;
}

static bool collect(
	struct collection *c, const char *folder, const struct str_list *globs, struct err *e)
{
	CLEANUP(file_closep) int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0) {
		err_os(e, "cannot open source folder '%s'", folder);
		if (e->os == ENOENT)
			e->kind = ERR_NOTFOUND;
		return false;
	}
	for (size_t i = 0; i < globs->n; i++) {
		c->glob = globs->items[i];
		if (!collect_glob(c, top, e))
			return false;
	}
	return true;
}

bool component_source_collect(const struct component_source **ret, size_t *n_ret, struct store *s,
	const char *folder, const struct str_list *globs, struct arena *a, struct err *e)
{
	struct collection c = { .store = s, .a = a };
	struct component_source *list = NULL;
	bool ok = collect(&c, folder, globs, e);

	if (ok) {
		sort_once(&c);
		list = ARENA_ARRAY(a, c.n ? c.n : 1, struct component_source);
		ok = list || arena_full(a, e);
	}
	if (ok && c.n)
		memcpy(list, c.items, c.n * sizeof *list);
	free(c.items);
	if (!ok)
		return false;
	*ret = list;
	*n_ret = c.n;
	return true;
}

static bool lay_one(int dir, const struct component_source *source, struct store *s,
	const struct timespec times[2], struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	CLEANUP(mem_free) char *parent = mem_string(tree_parent(source->path));
	const char *path = source->path.p;
	CLEANUP(file_closep) int fd = -1;

	if (!store_get(s, source->sha256, COMPONENT_SOURCE_SIZE_MAX, &bytes, e))
		return false;
	if (parent[0] && !file_mkdirs(dir, parent, e))
		return false;
	fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_os(e, "cannot lay out source '%s'", path);
	if (!file_pwrite(fd, bytes.p, bytes.n, 0, path, e))
		return false;
	if (fchmod(fd, source->executable ? 0755 : 0644) < 0 || futimens(fd, times) < 0)
		return err_os(e, "cannot lay out source '%s'", path);
	return true;
}

/* Every folder above path, and dir itself. */
static bool settle_folders(int dir, struct str path, const struct timespec times[2], struct err *e)
{
	for (;;) {
		CLEANUP(mem_free) char *name = NULL;

		path = tree_parent(path);
		name = mem_string(path.n ? path : STR("."));
		if (fchmodat(dir, name, 0755, 0) < 0 || utimensat(dir, name, times, 0) < 0)
			return err_os(e, "cannot set the mode of source folder '%s'", name);
		if (!path.n)
			return true;
	}
}

bool component_source_lay(int dir, const struct component_source *sources, size_t n,
	struct store *s, int64_t source_date_epoch, bool backwards, struct err *e)
{
	const struct timespec t = { .tv_sec = source_date_epoch };
	const struct timespec times[2] = { t, t };

	for (size_t i = 0; i < n; i++)
		if (!lay_one(dir, &sources[backwards ? n - 1 - i : i], s, times, e))
			return false;
	for (size_t i = 0; i < n; i++)
		if (!settle_folders(dir, sources[i].path, times, e))
			return false;
	return true;
}
