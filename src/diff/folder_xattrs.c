#include "diff/folder_xattrs.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "sys/file.h"

#include "base/banned.h"

enum { NAMES_MAX = 64 << 10 };

static int by_name(const void *x, const void *y)
{
	const struct xattr *a = x, *b = y;
	return str_compare(a->name, b->name);
}

static bool read_one(struct xattr *ret, int fd, const char *name, const char *path, struct arena *a,
	struct err *e)
{
	ssize_t n = fgetxattr(fd, name, NULL, 0);
	uint8_t *value = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (n < 0)
		return err_os(e, "cannot read '%s' of '%s'", name, path);
	ret->name = arena_str(a, str_of(name));
	if (!value || !ret->name.p)
		return arena_full(a, e);
	n = fgetxattr(fd, name, value, (size_t)n);
	if (n < 0)
		return err_os(e, "cannot read '%s' of '%s'", name, path);
	ret->value = span_make(value, (size_t)n);
	return true;
}

static bool read_all(struct diff_member *m, int fd, struct arena *a, struct err *e)
{
	char names[NAMES_MAX];
	struct xattr list[TREE_XATTRS_MAX];
	size_t count = 0;
	ssize_t n = flistxattr(fd, names, sizeof(names));
	if (n < 0 && errno == ENOTSUP)
		return true;
	if (n < 0)
		return err_os(e, "cannot list the attributes of '%s'", m->path.p);
	for (ssize_t at = 0; at < n; at += (ssize_t)strlen(names + at) + 1) {
		if (count == TREE_XATTRS_MAX)
			return err_set(e, ERR_LIMIT, "'%s' has more than %d attributes", m->path.p,
				TREE_XATTRS_MAX);
		if (!read_one(&list[count++], fd, names + at, m->path.p, a, e))
			return false;
	}
	if (!count)
		return true;
	qsort(list, count, sizeof(*list), by_name);
	struct xattr *copy = ARENA_ARRAY(a, count, struct xattr);
	if (!copy)
		return arena_full(a, e);
	memcpy(copy, list, count * sizeof(*list));
	m->xattrs = copy;
	m->n_xattrs = count;
	return true;
}

bool folder_xattrs(struct diff_member *m, int dir, struct arena *a, struct err *e)
{
	if (m->kind != DIFF_MEMBER_FILE && m->kind != DIFF_MEMBER_FOLDER)
		return true;
	CLEANUP(file_closep)
	int fd = openat(dir, m->path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return err_os(e, "cannot read '%s'", m->path.p);
	return read_all(m, fd, a, e);
}
