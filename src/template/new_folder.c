#define ASSAY_MAY_ASK_THE_MACHINE
#include "template/new_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

static bool is_top(const struct node *n)
{
	return n->path.n && !tree_parent(n->path).n;
}

/* Whatever is there, a dangling link too. */
static bool check_free(const struct node *nodes, size_t n, int dir, const char *name, struct err *e)
{
	struct stat st;

	for (size_t i = 0; i < n; i++) {
		if (!is_top(&nodes[i]))
			continue;
		if (fstatat(dir, nodes[i].path.p, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			err_set(e, ERR_USAGE,
				"'%s/%s' is there already, and nothing is overwritten", name,
				nodes[i].path.p);
			return err_hint(e, "move it away, or name a new folder");
		}
		if (errno != ENOENT)
			return err_os(e, "cannot look for '%s/%s'", name, nodes[i].path.p);
	}
	return true;
}

struct file_sink {
	struct sink sink;
	int fd;
	uint64_t at;
	const char *path;
};

static bool write_piece(struct sink *s, const void *p, size_t n, struct err *e)
{
	struct file_sink *f = (struct file_sink *)s;

	if (!file_pwrite(f->fd, p, n, f->at, f->path, e))
		return false;
	f->at += n;
	return true;
}

/* *made: the file is there, and ours, though its bytes may be not. */
static bool write_file(const struct node *n, int dir, uint8_t *buffer, bool *made, struct err *e)
{
	struct file_sink to = { .sink = { write_piece }, .path = n->path.p };
	CLEANUP(file_closep)
	int fd = openat(dir, to.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_os(e, "cannot make '%s'", to.path);
	*made = true;
	to.fd = fd;
	if (!content_copy(&n->content, &to.sink, buffer, e))
		return false;
	return fchmod(fd, n->mode & 0111 ? 0755 : 0644) == 0 ||
	       err_os(e, "cannot set the mode of '%s'", to.path);
}

static bool write_node(const struct node *n, int dir, uint8_t *buffer, bool *made, struct err *e)
{
	if (n->kind == NODE_FILE)
		return write_file(n, dir, buffer, made, e);
	if (n->kind == NODE_LINK) {
		*made = symlinkat(n->target.p, dir, n->path.p) == 0;
		return *made || err_os(e, "cannot make the link '%s'", n->path.p);
	}
	/* The mode again: mkdir takes the umask's bits away. */
	*made = mkdirat(dir, n->path.p, 0755) == 0;
	return (*made && fchmodat(dir, n->path.p, 0755, 0) == 0) ||
	       err_os(e, "cannot make the folder '%s'", n->path.p);
}

/* The first n nodes, all made here, from the leaves. A folder in which somebody else has put something stays. */
static void take_back(const struct node *nodes, size_t n, int dir)
{
	while (n-- > 0)
		if (nodes[n].path.n)
			unlinkat(dir, nodes[n].path.p,
				nodes[n].kind == NODE_FOLDER ? AT_REMOVEDIR : 0);
}

static bool write_nodes(const struct node *nodes, size_t n, int dir, struct err *e)
{
	CLEANUP(mem_free) uint8_t *buffer = mem_alloc(CONTENT_PIECE);

	for (size_t i = 0; i < n; i++) {
		bool made = false;

		if (!nodes[i].path.n || write_node(&nodes[i], dir, buffer, &made, e))
			continue;
		take_back(nodes, i + made, dir);
		return false;
	}
	return true;
}

bool new_folder_write(const struct tree *t, const char *dir, struct err *e)
{
	CLEANUP(file_closep) int fd = -1;
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);
	bool was_there = access(dir, F_OK) == 0;

	if (!file_mkdirs(AT_FDCWD, dir, e))
		return false;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_os(e, "cannot open the folder '%s'", dir);
	if (!check_free(nodes, n, fd, dir, e))
		return false;
	if (write_nodes(nodes, n, fd, e))
		return true;
	if (!was_there)
		rmdir(dir);
	return err_wrap(e, "folder '%s'", dir);
}
