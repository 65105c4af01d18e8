#include "tree/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

struct folder {
	struct tree *tree;
	struct str origin;
	const struct folder_put *put;
	size_t n; /* entries so far */
};

static bool add_folder(struct folder *f, struct str path, struct err *e)
{
	const struct node *was = tree_find(f->tree, path);
	struct node n = { .path = path, .kind = NODE_FOLDER, .mode = 0755, .origin = f->origin };

	return (was && was->kind == NODE_FOLDER) || tree_add(f->tree, &n, e);
}

static bool add_parents(struct folder *f, struct str prefix, struct err *e)
{
	for (size_t i = 0; i < prefix.n; i++) {
		bool end = i == 0 || prefix.p[i] == '/';

		if (end && !add_folder(f, str_make(prefix.p, i), e))
			return false;
	}
	return true;
}

static bool add_link(struct folder *f, int dir, const char *name, struct str path, struct err *e)
{
	char target[TREE_PATH_MAX + 1];
	ssize_t size = readlinkat(dir, name, target, sizeof target);
	struct node n = { .path = path, .kind = NODE_LINK, .mode = 0777, .origin = f->origin };

	if (size < 0)
		return err_os(e, "cannot read the link '%.*s'", STR_ARG(path));
	n.target = str_make(target, (size_t)size);
	return tree_add(f->tree, &n, e);
}

/* O_NONBLOCK: should the file have become a fifo meanwhile, opening it must not wait for a writer. */
static bool add_file(struct folder *f, int dir, const char *name, struct str path, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct node n = { .path = path, .kind = NODE_FILE, .origin = f->origin };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_os(e, "cannot open '%.*s'", STR_ARG(path));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "'%.*s' changed while it was read", STR_ARG(path));
	n.mode = st.st_mode & S_IXUSR ? 0755 : 0644;
	return f->put->put(f->put->ctx, fd, &n.content, e) && tree_add(f->tree, &n, e);
}

static bool add_entries(struct folder *f, int fd, struct str path, int depth, struct err *e);

static bool add_below(
	struct folder *f, int dir, const char *name, struct str path, int depth, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_os(e, "cannot open the folder '%.*s'", STR_ARG(path));
	if (depth >= FOLDER_DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "'%.*s' is more than %d folders deep", STR_ARG(path),
			FOLDER_DEPTH_MAX);
	return add_folder(f, path, e) && add_entries(f, fd, path, depth, e);
}

static bool add_entry(
	struct folder *f, int dir, const char *name, struct str path, int depth, struct err *e)
{
	struct stat st;

	if (++f->n > FOLDER_ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d entries", FOLDER_ENTRIES_MAX);
	if (!tree_check_path(path, e))
		return false;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_os(e, "cannot look at '%.*s'", STR_ARG(path));
	if (S_ISDIR(st.st_mode))
		return add_below(f, dir, name, path, depth + 1, e);
	if (S_ISLNK(st.st_mode))
		return add_link(f, dir, name, path, e);
	if (S_ISREG(st.st_mode))
		return add_file(f, dir, name, path, e);
	return err_set(e, ERR_FORMAT, "'%.*s' is neither a file, a folder nor a symbolic link",
		STR_ARG(path));
}

static bool add_named(
	struct folder *f, int fd, struct str path, const char *name, int depth, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(2 * TREE_PATH_MAX);

	if (path.n) {
		buf_add_str(&b, path);
		buf_u8(&b, '/');
	}
	buf_add_cstr(&b, name);
	return add_entry(f, fd, name, buf_str(&b), depth, e);
}

static bool add_entries(struct folder *f, int fd, struct str path, int depth, struct err *e)
{
	char **names;
	size_t n;
	bool ok = true;

	if (!file_names(fd, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = add_named(f, fd, path, names[i], depth, e);
	file_names_free(names, n);
	return ok;
}

bool tree_from_folder(struct tree *t, int dir, const char *path, struct str prefix,
	struct str origin, const struct folder_put *put, struct err *e)
{
	struct folder f = { t, origin, put, 0 };

	if (!tree_check_path(prefix, e))
		return false;
	if (add_parents(&f, prefix, e) && add_below(&f, dir, path, prefix, 0, e))
		return true;
	return err_wrap(e, "folder '%s'", path);
}
