#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/source_unpack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "deb/ar.h"
#include "deb/inflate.h"
#include "deb/tarball.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "tree/tree.h"
#include "base/banned.h"

#define ORIGIN "source"
enum { PIECE = 1 << 20, MAGIC_SIZE = 6 };

/* One archive under way. seen has every entry so far; nothing below a link gets into it. */
struct unpacking {
	int dir;
	struct tarball *tar;
	struct tree *seen;
	bool listed; /* seen is wanted when all is done */
	int64_t clamp_unix;
	uint64_t left; /* bytes of files that may still come */
	size_t n;
};

static bool too_much(struct err *e)
{
	return err_set(e, ERR_LIMIT, "all files together have more than %llu bytes",
		SOURCE_UNPACK_TOTAL_MAX);
}

/* A file of the folder, opened when its bytes are asked for: there may be more of them than descriptors. */
struct file_source {
	struct content_source source;
	int dir;
	const char *path;
};

static bool read_file(
	const struct content_source *source, uint64_t at, void *dst, size_t n, struct err *e)
{
	const struct file_source *f = (const struct file_source *)source;
	CLEANUP(file_closep) int fd = openat(f->dir, f->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_os(e, "cannot open '%s'", f->path);
	return file_pread(fd, dst, n, at, f->path, e);
}

/* Nobody asks for the digest of one of them. */
static bool list_content(struct unpacking *u, struct node *n, uint64_t size, struct err *e)
{
	struct file_source *f;

	if (!u->listed)
		return true;
	f = ARENA_NEW(tree_arena(u->seen), struct file_source);
	if (!f)
		return arena_full(tree_arena(u->seen), e);
	*f = (struct file_source){ { read_file }, u->dir, n->path.p };
	n->content = (struct content){ .source = &f->source, .size = size };
	n->mtime_unix = 0;
	return true;
}

static bool take_bytes(struct unpacking *u, uint64_t n, struct err *e)
{
	if (n > u->left)
		return too_much(e);
	u->left -= n;
	return true;
}

/* "./a/b/" is a/b. What is no path of a tree after that is refused. */
static bool canonical(struct str *name, struct err *e)
{
	size_t depth = 1;

	while (str_starts(*name, "./"))
		*name = str_make(name->p + 2, name->n - 2);
	while (name->n > 1 && name->p[name->n - 1] == '/')
		name->n--;
	if (str_is(*name, "."))
		name->n = 0;
	for (size_t i = 0; i < name->n; i++)
		depth += name->p[i] == '/';
	if (depth > SOURCE_UNPACK_DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "more than %d folders deep", SOURCE_UNPACK_DEPTH_MAX);
	return tree_check_path(*name, e);
}

static struct timespec time_of(const struct unpacking *u, int64_t mtime_unix)
{
	bool none = mtime_unix <= 0 || mtime_unix > u->clamp_unix;

	return (struct timespec){ .tv_sec = none ? u->clamp_unix : mtime_unix };
}

static int create(struct unpacking *u, const char *path, struct err *e)
{
	int fd = openat(u->dir, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		err_os(e, "cannot make it");
	return fd;
}

static bool settle_file(struct unpacking *u, int fd, const struct node *n, struct err *e)
{
	struct timespec t = time_of(u, n->mtime_unix);

	if (fchmod(fd, n->mode & 0100 ? 0755 : 0644) < 0 ||
		futimens(fd, (struct timespec[2]){ t, t }) < 0)
		return err_os(e, "cannot set its mode");
	return true;
}

static bool write_file(
	struct unpacking *u, const struct tar_entry *entry, const char *path, struct err *e)
{
	CLEANUP(file_closep) int fd = create(u, path, e);
	const void *p;
	uint64_t at;
	size_t n;

	if (fd < 0 || !take_bytes(u, entry->size, e))
		return false;
	for (;;) {
		if (!tarball_read(u->tar, &p, &n, &at, e))
			return false;
		if (n == 0)
			break;
		if (at > entry->size || n > entry->size - at)
			return err_set(e, ERR_FORMAT, "it has more bytes than its header says");
		if (!file_pwrite(fd, p, n, at, path, e))
			return false;
	}
	if (ftruncate(fd, (off_t)entry->size) < 0)
		return err_os(e, "cannot write it");
	return settle_file(u, fd, &entry->node, e);
}

/* The second name of a file that is there: a file of its own. */
static bool copy_file(struct unpacking *u, const struct node *from, const char *path, struct err *e)
{
	CLEANUP(mem_free) char *source = mem_string(from->path);
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);
	CLEANUP(file_closep) int in = openat(u->dir, source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(file_closep) int out = -1;
	struct stat st;

	if (in < 0 || fstat(in, &st) < 0)
		return err_os(e, "cannot read '%s'", source);
	if (!take_bytes(u, (uint64_t)st.st_size, e))
		return false;
	out = create(u, path, e);
	if (out < 0)
		return false;
	for (uint64_t at = 0, size = (uint64_t)st.st_size; at < size;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		if (!file_pread(in, piece, n, at, source, e) ||
			!file_pwrite(out, piece, n, at, path, e))
			return false;
		at += n;
	}
	return settle_file(u, out, from, e);
}

static bool add_hard_link(struct unpacking *u, struct str path, struct str to, struct err *e)
{
	const struct node *from;
	struct node n;

	if (!canonical(&to, e))
		return err_wrap(e, "it is a hard link");
	from = tree_find(u->seen, to);
	if (!from || from->kind != NODE_FILE)
		return err_set(e, ERR_FORMAT, "a hard link to '%.*s', which is no file before it",
			STR_ARG(to));
	n = *from;
	n.path = path;
	return copy_file(u, from, path.p, e) && list_content(u, &n, n.content.size, e) &&
	       tree_add(u->seen, &n, e);
}

/* What stands above it is a folder, or becomes one. */
static bool make_parents(struct unpacking *u, struct str path, struct err *e)
{
	CLEANUP(mem_free) char *parent = mem_string(tree_parent(path));

	for (struct str above = tree_parent(path); above.n; above = tree_parent(above)) {
		const struct node *n = tree_find(u->seen, above);

		if (n && n->kind != NODE_FOLDER)
			return err_set(
				e, ERR_FORMAT, "'%.*s' above it is no folder", STR_ARG(above));
	}
	return entry_parents(u->seen, path, ORIGIN, e) &&
	       (!parent[0] || file_mkdirs(u->dir, parent, e));
}

static bool add_entry(struct unpacking *u, struct tar_entry *entry, struct str path, struct err *e)
{
	const struct node *was = tree_find(u->seen, path);
	struct node *n = &entry->node;

	if (!make_parents(u, path, e))
		return false;
	if (was && (was->kind != NODE_FOLDER || n->kind != NODE_FOLDER))
		return err_set(e, ERR_FORMAT, "it stands there twice");
	if (entry->hard_link.p)
		return add_hard_link(u, path, entry->hard_link, e);
	n->path = path;
	n->uid = n->gid = 0;
	n->xattrs = NULL;
	n->n_xattrs = 0;
	n->origin = STR(ORIGIN);
	if (n->kind == NODE_FOLDER) {
		n->mode = 0755;
		return tree_add(u->seen, n, e) && file_mkdirs(u->dir, path.p, e);
	}
	if (n->kind == NODE_LINK) {
		n->mode = 0777;
		return tree_add(u->seen, n, e);
	}
	if (n->kind != NODE_FILE)
		return err_set(e, ERR_FORMAT, "a device or fifo");
	n->mode = n->mode & 0100 ? 0755 : 0644;
	return write_file(u, entry, path.p, e) && list_content(u, n, entry->size, e) &&
	       tree_add(u->seen, n, e);
}

static bool take_entry(struct unpacking *u, struct tar_entry *entry, struct err *e)
{
	struct str path = entry->name;

	if (++u->n > SOURCE_UNPACK_ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d entries", SOURCE_UNPACK_ENTRIES_MAX);
	if (!canonical(&path, e))
		return false;
	if (!path.n && entry->node.kind == NODE_FOLDER && !entry->hard_link.p)
		return true;
	path = arena_str(tree_arena(u->seen), path);
	return path.p ? add_entry(u, entry, path, e) : arena_full(tree_arena(u->seen), e);
}

static bool make_links(struct unpacking *u, struct err *e)
{
	struct timespec t = { .tv_sec = u->clamp_unix };
	const struct node *nodes;
	size_t n;

	if (!tree_finish(u->seen, u->listed ? 0 : u->clamp_unix, e))
		return false;
	nodes = tree_nodes(u->seen, &n);
	for (size_t i = 0; i < n; i++) {
		CLEANUP(mem_free) char *path = NULL, *target = NULL;

		if (nodes[i].kind != NODE_LINK)
			continue;
		path = mem_string(nodes[i].path);
		target = mem_string(nodes[i].target);
		if (symlinkat(target, u->dir, path) < 0 ||
			utimensat(u->dir, path, (struct timespec[2]){ t, t }, AT_SYMLINK_NOFOLLOW) <
				0)
			return err_os(e, "cannot make the link '%s'", path);
	}
	return true;
}

static bool unpack_all(struct unpacking *u, struct err *e)
{
	struct tar_entry entry;
	char shown[100];
	bool found;

	if (!entry_folder(u->seen, STR(""), ORIGIN, e))
		return false;
	for (;;) {
		if (!tarball_next(u->tar, tree_arena(u->seen), &entry, &found, e))
			return false;
		if (!found)
			return make_links(u, e);
		snprintf(shown, sizeof shown, "%.*s", STR_ARG(entry.name));
		if (!take_entry(u, &entry, e))
			return err_wrap(e, "'%s'", shown);
	}
}

/* The member that deb/inflate.h would find in a package, named after what the file begins with. */
static bool kind_of(int fd, uint64_t size, struct ar_member *ret, struct err *e)
{
	static const struct {
		const char *magic, *suffix;
		size_t n;
	} kinds[] = {
		{ "\x1f\x8b", ".gz", 2 },
		{ "\xfd"
		  "7zXZ\0",
			".xz", 6 },
		{ "\x28\xb5\x2f\xfd", ".zst", 4 },
		{ "BZh", ".bz2", 3 },
	};
	uint8_t head[MAGIC_SIZE] = { 0 };
	const char *suffix = "";

	if (!file_pread(
		    fd, head, size < MAGIC_SIZE ? (size_t)size : MAGIC_SIZE, 0, "the archive", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (memcmp(head, kinds[i].magic, kinds[i].n) == 0)
			suffix = kinds[i].suffix;
	*ret = (struct ar_member){ .size = size };
	snprintf(ret->name, sizeof ret->name, INFLATE_PLAIN "%s", suffix);
	return true;
}

static uint64_t stream_max(uint64_t size)
{
	uint64_t most = SOURCE_UNPACK_TOTAL_MAX + (SOURCE_UNPACK_ENTRIES_MAX * 2048ull);

	if (size > most / SOURCE_UNPACK_RATIO_MAX)
		return most;
	return size * SOURCE_UNPACK_RATIO_MAX > SOURCE_UNPACK_RATIO_FROM
		       ? size * SOURCE_UNPACK_RATIO_MAX
		       : SOURCE_UNPACK_RATIO_FROM;
}

bool source_unpack(struct tree *list, int dir, int fd, uint64_t size, int64_t clamp_unix,
	uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	CLEANUP(tree_freep) struct tree *own = list ? NULL : tree_new(SOURCE_UNPACK_METADATA_MAX);
	CLEANUP(ar_freep) struct ar *ar = NULL;
	CLEANUP(inflate_freep) struct inflate *inflate = NULL;
	CLEANUP(tarball_freep) struct tarball *tar = NULL;
	struct unpacking u = { .dir = dir,
		.seen = list ? list : own,
		.listed = list != NULL,
		.clamp_unix = clamp_unix,
		.left = SOURCE_UNPACK_TOTAL_MAX };
	struct ar_member m;

	if (!kind_of(fd, size, &m, e))
		return false;
	ar_open_plain(&ar, fd, size);
	if (!inflate_open(&inflate, ar, &m, INFLATE_PLAIN, e) ||
		!tarball_open(&tar, inflate, stream_max(size), e))
		return false;
	u.tar = tar;
	if (!unpack_all(&u, e))
		return false;
	ar_digest(ar, sha256);
	return true;
}

bool source_unpack_object(int dir, const struct store *s, const uint8_t sha256[static SHA256_SIZE],
	int64_t clamp_unix, struct err *e)
{
	uint8_t got[SHA256_SIZE];
	uint64_t size = 0;
	CLEANUP(file_closep) int fd = store_open_object(s, sha256, &size, e);

	if (fd < 0 || !source_unpack(NULL, dir, fd, size, clamp_unix, got, e))
		return false;
	return memcmp(got, sha256, SHA256_SIZE) == 0 ||
	       err_set(e, ERR_MISMATCH, "its bytes in the store have changed");
}

bool source_unpack_settle(int dir, int64_t clamp_unix, struct err *e)
{
	struct timespec t = { .tv_sec = clamp_unix };
	char **names;
	size_t n;
	bool ok = true;

	if (!file_names(dir, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++) {
		CLEANUP(file_closep)
		int below = openat(dir, names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		ok = below >= 0 ? source_unpack_settle(below, clamp_unix, e)
				: errno == ENOTDIR || errno == ELOOP ||
					  err_os(e, "cannot open '%s'", names[i]);
	}
	file_names_free(names, n);
	if (ok && (fchmod(dir, 0755) < 0 || futimens(dir, (struct timespec[2]){ t, t }) < 0))
		return err_os(e, "cannot set the mode of a folder");
	return ok;
}
