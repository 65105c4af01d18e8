#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/box_listing.h"
#include "sys/file.h"
#include "base/banned.h"

enum { COPY_PIECE = 1 << 24 };

/* ---- in ---- */

static const char *name_of(const struct node *n)
{
	return n->path.n ? n->path.p : ".";
}

static bool failed(const struct node *n, struct err *e)
{
	bool full = errno == ENOSPC;

	err_os(e, "cannot make '/%.*s' in the box", STR_ARG(n->path));
	if (full)
		err_hint(e, "the root of this step lies in memory and has a limit");
	return false;
}

/* All bytes from one descriptor to the other. */
static bool copy_bytes(int to, int from)
{
	ssize_t n;

	while ((n = sendfile(to, from, NULL, COPY_PIECE)) > 0)
		;
	return n == 0;
}

/* The owner first: chown(2) takes setuid bits off. */
static bool copy_file(int sysroot, const struct node *n, struct err *e)
{
	const struct timespec t = { .tv_sec = n->mtime_unix };
	CLEANUP(file_closep)
	int from = openat(sysroot, name_of(n), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(file_closep)
	int to = openat(
		AT_FDCWD, name_of(n), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (from < 0 || to < 0 || !copy_bytes(to, from) || fchown(to, n->uid, n->gid) < 0 ||
		fchmod(to, n->mode) < 0 || futimens(to, (const struct timespec[]){ t, t }) < 0)
		return failed(n, e);
	return true;
}

static bool make_folder(const struct node *n, struct err *e)
{
	if ((n->path.n && mkdir(name_of(n), 0700) < 0) || chown(name_of(n), n->uid, n->gid) < 0 ||
		chmod(name_of(n), n->mode) < 0)
		return failed(n, e);
	return true;
}

static bool make_link(const struct node *n, struct err *e)
{
	if (symlink(n->target.p, name_of(n)) < 0 || lchown(name_of(n), n->uid, n->gid) < 0)
		return failed(n, e);
	return true;
}

static bool make_node(int sysroot, const struct node *n, struct err *e)
{
	switch (n->kind) {
	case NODE_FOLDER:
		return make_folder(n, e);
	case NODE_FILE:
		return copy_file(sysroot, n, e);
	case NODE_LINK:
		return make_link(n, e);
	case NODE_CHARDEV:
	case NODE_BLOCKDEV:
	case NODE_FIFO:
		break;
	}
	return true;
}

bool box_root_fill(const struct box_job *job, int sysroot, struct err *e)
{
	size_t n;
	const struct node *nodes = tree_nodes(job->whole_root, &n);

	for (size_t i = 0; i < n; i++)
		if (!make_node(sysroot, &nodes[i], e))
			return false;
	return true;
}

/* ---- out ---- */

struct saving {
	dev_t device;
	int data;
	size_t n;
	uint64_t size, size_max; /* of all files together, holes counted */
	struct buf list, path;
};

static bool unreadable(const struct saving *s, struct err *e)
{
	return err_os(e, "cannot read '/%.*s' that the step left", STR_ARG(buf_str(&s->path)));
}

static bool save_folder(struct saving *s, int dir, int depth, struct err *e);

static bool save_below(
	struct saving *s, int dir, const char *name, struct node *n, int depth, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return unreadable(s, e);
	if (depth >= BOX_ROOT_DEPTH_MAX)
		return err_set(e, ERR_LIMIT,
			"the step left '/%.*s', which is more than %d folders deep",
			STR_ARG(n->path), BOX_ROOT_DEPTH_MAX);
	n->kind = NODE_FOLDER;
	box_listing_add(&s->list, n);
	return save_folder(s, fd, depth, e);
}

static bool save_file(
	struct saving *s, int dir, const char *name, struct node *n, uint64_t size, struct err *e)
{
	CLEANUP(file_closep) int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	/* A hole takes no room in the box; here it would. */
	if (size > s->size_max - s->size) {
		err_set(e, ERR_LIMIT,
			"with '/%.*s' the files that the step left are larger than %llu bytes together",
			STR_ARG(n->path), (unsigned long long)s->size_max);
		return err_hint(e, "holes count, and a file with several names counts for each");
	}
	s->size += size;
	if (fd < 0 || !copy_bytes(s->data, fd))
		return unreadable(s, e);
	n->kind = NODE_FILE;
	n->content.size = size;
	box_listing_add(&s->list, n);
	return true;
}

static bool save_link(struct saving *s, int dir, const char *name, struct node *n, struct err *e)
{
	char target[TREE_PATH_MAX + 1];
	ssize_t size = readlinkat(dir, name, target, sizeof target);

	if (size < 0)
		return unreadable(s, e);
	n->kind = NODE_LINK;
	n->target = str_make(target, (size_t)size);
	box_listing_add(&s->list, n);
	return true;
}

/* s->path is the entry's. */
static bool save_entry(struct saving *s, int dir, const char *name, int depth, struct err *e)
{
	struct node n = { .path = buf_str(&s->path) };
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return unreadable(s, e);
	if (st.st_dev != s->device)
		return true;
	if (++s->n > BOX_ROOT_ENTRIES_MAX)
		return err_set(
			e, ERR_LIMIT, "the step left more than %d entries", BOX_ROOT_ENTRIES_MAX);
	n.mode = st.st_mode & 07777;
	n.uid = st.st_uid;
	n.gid = st.st_gid;
	if (S_ISDIR(st.st_mode))
		return save_below(s, dir, name, &n, depth + 1, e);
	if (S_ISREG(st.st_mode))
		return save_file(s, dir, name, &n, (uint64_t)st.st_size, e);
	if (S_ISLNK(st.st_mode))
		return save_link(s, dir, name, &n, e);
	if (S_ISFIFO(st.st_mode)) {
		n.kind = NODE_FIFO;
		box_listing_add(&s->list, &n);
	}
	return true;
}

static bool save_named(struct saving *s, int dir, const char *name, int depth, struct err *e)
{
	size_t was = s->path.n;
	bool ok;

	if (was)
		buf_u8(&s->path, '/');
	buf_add_cstr(&s->path, name);
	if (!buf_ok(&s->path))
		return buf_full(&s->path, "a path that the step left", e);
	ok = save_entry(s, dir, name, depth, e);
	s->path.n = was;
	return ok;
}

static bool save_folder(struct saving *s, int dir, int depth, struct err *e)
{
	char **names;
	size_t n;
	bool ok = true;

	if (!file_names(dir, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = save_named(s, dir, names[i], depth, e);
	file_names_free(names, n);
	return ok;
}

static bool save(struct saving *s, int root, int out, struct err *e)
{
	struct stat st;

	if (s->data < 0 || root < 0 || fstat(root, &st) < 0)
		return err_os(e, "cannot keep what the step left");
	s->device = st.st_dev;
	box_listing_begin(&s->list);
	box_listing_add(&s->list, &(struct node){ .kind = NODE_FOLDER,
					  .path = STR(""),
					  .mode = st.st_mode & 07777,
					  .uid = st.st_uid,
					  .gid = st.st_gid });
	if (!save_folder(s, root, 0, e))
		return false;
	box_listing_end(&s->list);
	if (!buf_ok(&s->list))
		return buf_full(&s->list, "the list of what the step left", e);
	return file_replace(out, BOX_LISTING_LIST, buf_span(&s->list), 0600, e);
}

bool box_root_save(int out, uint64_t size_max, struct err *e)
{
	CLEANUP(file_closep)
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct saving s = {
		.data = openat(out, BOX_LISTING_DATA,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600),
		.size_max = size_max,
		.list = buf_init(BOX_LISTING_MAX),
		.path = buf_init(TREE_PATH_MAX),
	};
	bool ok = save(&s, root, out, e);

	buf_done(&s.list);
	buf_done(&s.path);
	file_closep(&s.data);
	return ok;
}
