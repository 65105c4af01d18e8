#include "build/input_archive.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

/* From <sys/file.h>, a name that our own sys/file.h has taken. */
int flock(int fd, int operation);

#define OBJECTS "objects/"
#define SOURCE "source/"
/* What is being written; nothing else of this name can be in a tree of inputs. */
#define PARTIAL "partial"

struct writing {
	const struct tree *t;
	int dir;
	int64_t mtime_unix;
	bool changes; /* something was not as it shall be */
	uint8_t *piece;
	struct hasher *hasher;
	struct input_archive *ret;
};

/* ---- SHA256SUMS ---- */

/* The file that a line of SHA256SUMS is about, or NULL for a node without a line. */
static const struct node *listed(const struct tree *t, const struct node *n)
{
	struct str to = n->target;

	if (n->kind == NODE_FILE)
		return str_starts(n->path, OBJECTS) ? NULL : n;
	if (n->kind != NODE_LINK || str_starts(n->path, SOURCE))
		return NULL;
	while (str_starts(to, "../"))
		to = str_make(to.p + 3, to.n - 3);
	return str_starts(to, OBJECTS) ? tree_find(t, to) : NULL;
}

void input_archive_sums(const struct tree *t, struct buf *out, size_t *n_files)
{
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	*n_files = 0;
	for (size_t i = 0; i < n; i++) {
		const struct node *file = listed(t, &nodes[i]);

		if (!file)
			continue;
		hex_add(out, SPAN_OF(file->content.sha256));
		buf_printf(out, "  %.*s\n", STR_ARG(nodes[i].path));
		++*n_files;
	}
}

/* ---- what is there already ---- */

static bool refuse(struct str path, struct err *e)
{
	err_set(e, ERR_MISMATCH, "the folder holds '%.*s', which is not of this archive",
		STR_ARG(path));
	return err_hint(e, "name a new folder, or remove that file");
}

static bool only_ours(const struct writing *w, int dir, struct str folder, struct err *e);

static bool is_ours(
	const struct writing *w, int dir, struct str folder, const char *name, struct err *e)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_MAX);
	CLEANUP(file_closep) int below = -1;
	const struct node *n;

	buf_printf(&path, "%.*s%s%s", STR_ARG(folder), folder.n ? "/" : "", name);
	if (!buf_ok(&path))
		return buf_full(&path, "a path in the archive", e);
	n = tree_find(w->t, buf_str(&path));
	if (!n)
		return (!folder.n && !strcmp(name, INPUT_ARCHIVE_SUMS)) ||
		       refuse(buf_str(&path), e);
	if (n->kind != NODE_FOLDER)
		return true;
	below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		return refuse(buf_str(&path), e);
	return only_ours(w, below, buf_str(&path), e);
}

/* No deeper than the tree is. */
static bool only_ours(const struct writing *w, int dir, struct str folder, struct err *e)
{
	char **names;
	size_t n;
	bool ok = true;

	if (!file_names(dir, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = is_ours(w, dir, folder, names[i], e);
	file_names_free(names, n);
	return ok;
}

/* Whether the file stands there, whole. */
static bool stands(struct writing *w, const char *path, const struct content *c)
{
	CLEANUP(file_closep)
	int fd = openat(w->dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint8_t got[SHA256_SIZE];
	struct err ignored = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != c->size)
		return false;
	hasher_restart(w->hasher);
	for (uint64_t at = 0; at < c->size;) {
		size_t n = c->size - at < CONTENT_PIECE ? (size_t)(c->size - at) : CONTENT_PIECE;

		if (!file_pread(fd, w->piece, n, at, path, &ignored))
			return false;
		hasher_add(w->hasher, w->piece, n);
		at += n;
	}
	hasher_end(w->hasher, got);
	return memcmp(got, c->sha256, SHA256_SIZE) == 0;
}

/* ---- writing ---- */

static bool failed(const char *path, struct err *e)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	err_os(e, "cannot write '%s'", path);
	if (full)
		err_hint(e,
			"free some space, then run the same command again: it goes on from here");
	return false;
}

/* Links and folders have the time of the archive; a file may be older. */
static bool set_time(const struct writing *w, const char *path, int64_t mtime_unix, struct err *e)
{
	const struct timespec t = { .tv_sec = mtime_unix };

	return utimensat(w->dir, path, (const struct timespec[]){ t, t }, AT_SYMLINK_NOFOLLOW) ==
		       0 ||
	       failed(path, e);
}

/* Before the first change: the listing of what was there before must not stand beside what is there then. */
static bool begin_change(struct writing *w, struct err *e)
{
	if (w->changes)
		return true;
	w->changes = true;
	if (unlinkat(w->dir, INPUT_ARCHIVE_SUMS, 0) < 0)
		return errno == ENOENT || err_os(e, "cannot remove '" INPUT_ARCHIVE_SUMS "'");
	return fsync(w->dir) == 0 || failed(INPUT_ARCHIVE_SUMS, e);
}

/* Bytes into the open file, hashed on their way: what the store holds is believed no further than its digest. */
static bool copy_bytes(
	struct writing *w, int fd, const char *path, const struct content *c, struct err *e)
{
	uint8_t got[SHA256_SIZE];

	hasher_restart(w->hasher);
	for (uint64_t at = 0; at < c->size;) {
		size_t n = c->size - at < CONTENT_PIECE ? (size_t)(c->size - at) : CONTENT_PIECE;

		if (!content_read(c, at, w->piece, n, e) ||
			!file_pwrite(fd, w->piece, n, at, path, e))
			return false;
		hasher_add(w->hasher, w->piece, n);
		at += n;
	}
	hasher_end(w->hasher, got);
	if (memcmp(got, c->sha256, SHA256_SIZE) == 0)
		return true;
	err_set(e, ERR_MISMATCH, "the bytes of '%s' in the store are not those of its digest",
		path);
	return err_hint(e, "remove that object from the store and run the same command again");
}

static bool make_file(struct writing *w, const char *path, const struct content *c, mode_t mode,
	int64_t mtime_unix, struct err *e)
{
	static const char partial[] = PARTIAL "/file";
	const struct timespec t = { .tv_sec = mtime_unix };
	CLEANUP(file_closep)
	int fd = openat(
		w->dir, partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return failed(path, e);
	if (!copy_bytes(w, fd, path, c, e))
		return false;
	if (fchmod(fd, mode) < 0 || futimens(fd, (const struct timespec[]){ t, t }) < 0 ||
		fsync(fd) < 0 || renameat(w->dir, partial, w->dir, path) < 0)
		return failed(path, e);
	return true;
}

static bool put_file(struct writing *w, const struct node *n, struct err *e)
{
	const char *path = n->path.p;

	w->ret->size += n->content.size;
	if (!stands(w, path, &n->content)) {
		w->ret->n_made++;
		return begin_change(w, e) &&
		       make_file(w, path, &n->content, n->mode, n->mtime_unix, e);
	}
	w->ret->n_kept++;
	if (fchmodat(w->dir, path, n->mode, 0) < 0)
		return failed(path, e);
	return set_time(w, path, n->mtime_unix, e);
}

static bool put_link(struct writing *w, const struct node *n, struct err *e)
{
	static const char partial[] = PARTIAL "/link";
	const char *path = n->path.p;
	char was[TREE_PATH_MAX + 1];
	ssize_t size = readlinkat(w->dir, path, was, sizeof was);

	if (size < 0 || !str_equal(str_make(was, (size_t)size), n->target)) {
		if (!begin_change(w, e))
			return false;
		if (symlinkat(n->target.p, w->dir, partial) < 0 ||
			renameat(w->dir, partial, w->dir, path) < 0)
			return failed(path, e);
	}
	return set_time(w, path, w->mtime_unix, e);
}

static bool put_node(struct writing *w, const struct node *n, struct err *e)
{
	if (n->kind == NODE_FILE)
		return put_file(w, n, e);
	if (n->kind == NODE_LINK)
		return put_link(w, n, e);
	if (!n->path.n || faccessat(w->dir, n->path.p, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (!begin_change(w, e))
		return false;
	return mkdirat(w->dir, n->path.p, 0755) == 0 || failed(n->path.p, e);
}

/* After all that is in them, from the leaves: what is made in a folder changes its time. */
static bool finish_folders(const struct writing *w, struct err *e)
{
	size_t n;
	const struct node *nodes = tree_nodes(w->t, &n);

	for (size_t i = n; i-- > 0;) {
		const char *path = nodes[i].path.n ? nodes[i].path.p : ".";
		CLEANUP(file_closep) int fd = -1;

		if (nodes[i].kind != NODE_FOLDER)
			continue;
		fd = openat(w->dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || fchmod(fd, 0755) < 0)
			return failed(path, e);
		if (!set_time(w, path, w->mtime_unix, e))
			return false;
		if (fsync(fd) < 0)
			return failed(path, e);
	}
	return true;
}

/* Once what it lists has reached the disk. */
static bool put_sums(struct writing *w, struct err *e)
{
	CLEANUP(buf_done) struct buf sums = buf_init(INPUT_ARCHIVE_SUMS_MAX);
	struct content_memory memory;
	struct content c;

	input_archive_sums(w->t, &sums, &w->ret->n_files);
	if (!buf_ok(&sums))
		return buf_full(&sums, INPUT_ARCHIVE_SUMS, e);
	content_of_memory(&c, &memory, buf_span(&sums));
	memcpy(w->ret->sums_sha256, c.sha256, SHA256_SIZE);
	return make_file(w, INPUT_ARCHIVE_SUMS, &c, 0644, w->mtime_unix, e);
}

static bool write_all(struct writing *w, struct err *e)
{
	size_t n;
	const struct node *nodes = tree_nodes(w->t, &n);

	if (flock(w->dir, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? err_set(e, ERR_USAGE, "another process writes it right now")
			       : err_os(e, "cannot lock it");
	if (!file_remove_tree(w->dir, PARTIAL, e) || !only_ours(w, w->dir, STR(""), e))
		return false;
	if (mkdirat(w->dir, PARTIAL, 0700) < 0)
		return failed(PARTIAL, e);
	for (size_t i = 0; i < n; i++)
		if (!put_node(w, &nodes[i], e))
			return false;
	return finish_folders(w, e) && put_sums(w, e) && file_remove_tree(w->dir, PARTIAL, e) &&
	       finish_folders(w, e);
}

bool input_archive_write(struct input_archive *ret, const struct tree *t, int64_t mtime_unix,
	const char *out, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	CLEANUP(hasher_freep) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	CLEANUP(file_closep) int dir = -1;
	struct input_archive done = { 0 };
	struct writing w = {
		.t = t, .mtime_unix = mtime_unix, .piece = piece, .hasher = hasher, .ret = &done
	};

	if (!file_mkdirs(AT_FDCWD, out, e))
		return false;
	w.dir = dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", out);
	if (!write_all(&w, e))
		return err_wrap(e, "archive '%s'", out);
	*ret = done;
	return true;
}
