#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_lay.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/component_output.h"
#include "build/source_unpack.h"
#include "sys/file.h"
#include "base/banned.h"

/* A content as a file. */
struct copy {
	struct sink sink;
	int fd;
	uint64_t at;
	const char *name;
};

static bool copy_write(struct sink *s, const void *p, size_t n, struct err *e)
{
	struct copy *c = (struct copy *)s;

	if (!file_pwrite(c->fd, p, n, c->at, c->name, e))
		return false;
	c->at += n;
	return true;
}

void component_lay_path(struct buf *path, const struct component_product *p)
{
	struct str below = component_output_below(p);

	buf_add_str(path, p->output->from);
	if (below.n)
		buf_u8(path, '/');
	buf_add_str(path, below);
}

static bool lay_file(int dir, const char *name, const struct component_product *p,
	int64_t time_unix, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	const struct timespec t = { .tv_sec = time_unix };
	CLEANUP(file_closep)
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct copy copy = { { copy_write }, fd, 0, name };

	if (fd < 0)
		return errno == EEXIST || err_os(e, "cannot make '%s'", name);
	if (!content_copy(&p->content, &copy.sink, piece, e))
		return false;
	return (fchmod(fd, p->mode & 0100 ? 0755 : 0644) == 0 &&
		       futimens(fd, (const struct timespec[]){ t, t }) == 0) ||
	       err_os(e, "cannot make '%s'", name);
}

static bool lay_link(int dir, const char *name, const struct component_product *p,
	int64_t time_unix, struct err *e)
{
	const struct timespec t = { .tv_sec = time_unix };

	if (symlinkat(p->target.p, dir, name) < 0)
		return errno == EEXIST || err_os(e, "cannot make '%s'", name);
	return utimensat(dir, name, (const struct timespec[]){ t, t }, AT_SYMLINK_NOFOLLOW) == 0 ||
	       err_os(e, "cannot make '%s'", name);
}

static bool lay_product(
	int dir, const struct component_product *p, int64_t time_unix, struct err *e)
{
	CLEANUP(buf_done) struct buf path = buf_init(2 * TREE_PATH_MAX);
	CLEANUP(mem_free) char *name = NULL;
	CLEANUP(mem_free) char *parent = NULL;

	component_lay_path(&path, p);
	if (!buf_ok(&path))
		return buf_full(&path, "the path of an output", e);
	name = mem_string(buf_str(&path));
	parent = mem_string(tree_parent(buf_str(&path)));
	if (p->kind == NODE_FOLDER)
		return file_mkdirs(dir, name, e);
	if (parent[0] && !file_mkdirs(dir, parent, e))
		return false;
	return p->kind == NODE_FILE ? lay_file(dir, name, p, time_unix, e)
				    : lay_link(dir, name, p, time_unix, e);
}

bool component_lay(int dir, const struct component_result *r, int64_t time_unix, struct err *e)
{
	for (size_t i = 0; i < r->n_products; i++)
		if (!lay_product(dir, &r->products[i], time_unix, e))
			return false;
	return source_unpack_settle(dir, time_unix, e);
}
