/*
 * For image-judges.sh: writes what the image writers make from known trees, and compares a mounted or
 * unpacked tree with the one it was made from.
 *
 *   image-maker root OUT            root.erofs, root.verity, root.hash, root.salt, root.table
 *   image-maker cpio OUT            initrd.cpio
 *   image-maker uki OUT STUB        uki.efi and part.NAME for each section of ours
 *   image-maker fat OUT             esp.fat, and its files in esp/
 *   image-maker disk OUT            disk.raw from root.erofs, root.verity, root.hash, esp.fat; disk.sha256, disk.gpt
 *   image-maker check DIR [xattrs]  every node of the tree against DIR, and nothing else in it
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "image/cpio.h"
#include "image/disk.h"
#include "image/erofs.h"
#include "image/fat.h"
#include "image/mode.h"
#include "image/stream.h"
#include "image/uki.h"
#include "image/verity.h"
#include "image_trees.h"
#include "sys/file.h"

enum { TEXT_MAX = 4096 };

struct out {
	struct sink sink;
	FILE *f;
};

static bool out_write(struct sink *s, const void *p, size_t n, struct err *e)
{
	struct out *o = (struct out *)s;

	return fwrite(p, 1, n, o->f) == n || err_os(e, "cannot write");
}

static struct out out_open(const char *dir, const char *name)
{
	char path[2 * TEXT_MAX];
	struct out o = { { out_write }, NULL };

	snprintf(path, sizeof path, "%s/%s", dir, name);
	o.f = fopen(path, "w");
	if (!o.f) {
		perror(path);
		_exit(2);
	}
	return o;
}

static void out_text(const char *dir, const char *name, struct str text)
{
	struct out o = out_open(dir, name);

	fwrite(text.p, 1, text.n, o.f);
	fclose(o.f);
}

static bool make_root(const char *dir, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	CLEANUP(verity_freep) struct verity *v = NULL;
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);
	struct erofs_options o = { .build_time_unix = IMAGE_TREES_CLAMP, .volume = "judged" };
	struct out data = out_open(dir, "root.erofs"), hash = out_open(dir, "root.verity");
	uint8_t salt[SHA256_SIZE], root[SHA256_SIZE];

	if (!image_trees_all_shapes(&t, true, e))
		return false;
	tree_digest(t, salt);
	identifier_uuid(o.uuid, "erofs", salt);
	if (!erofs_plan(&p, t, &o, e) ||
		!verity_new(&v, erofs_size(p), SPAN_OF(salt), &data.sink, e) ||
		!erofs_emit(p, verity_sink(v), e) || !verity_finish(v, &hash.sink, root, e))
		return false;
	if ((uint64_t)ftell(data.f) != erofs_size(p) ||
		(uint64_t)ftell(hash.f) != verity_tree_size(erofs_size(p)))
		return err_set(e, ERR_INTERNAL, "sizes are not as announced");
	fclose(data.f);
	fclose(hash.f);
	hex_add(&text, SPAN_OF(root));
	out_text(dir, "root.hash", buf_str(&text));
	text.n = 0;
	hex_add(&text, SPAN_OF(salt));
	out_text(dir, "root.salt", buf_str(&text));
	text.n = 0;
	verity_table(&text, "DATA", "HASH", erofs_size(p), root, SPAN_OF(salt));
	out_text(dir, "root.table", buf_str(&text));
	return true;
}

static bool make_cpio(const char *dir, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = NULL;
	struct out o = out_open(dir, "initrd.cpio");

	if (!image_trees_all_shapes(&t, false, e) || !cpio_emit(t, &o.sink, e))
		return false;
	if ((uint64_t)ftell(o.f) != cpio_size(t))
		return err_set(e, ERR_INTERNAL, "size is not as announced");
	fclose(o.f);
	return true;
}

static bool make_uki(const char *dir, const char *stub, struct err *e)
{
	CLEANUP(buf_done) struct buf stub_bytes = { 0 }, bytes = buf_init(64 << 20);
	CLEANUP(tree_freep) struct tree *t = tree_new(64 << 20);
	CLEANUP(uki_freep) struct uki *u = NULL;
	struct uki_parts parts = { .os_release = STR("ID=judged\nVERSION_ID=1\n"),
		.command_line = STR("console=ttyS0 quiet"),
		.kernel_version = STR("6.12.0-test") };
	struct out o = out_open(dir, "uki.efi");
	struct content_memory m;
	struct stream_buf to;

	if (!file_read(AT_FDCWD, stub, UKI_STUB_MAX, &stub_bytes, e))
		return false;
	parts.stub = buf_span(&stub_bytes);
	image_trees_bytes(t, 1, 2000003, &parts.initrd);
	stream_buf_init(&to, &bytes, "kernel");
	buf_add_cstr(&bytes, "MZ");
	image_trees_bytes(t, 2, 7000001, &parts.kernel);
	if (!content_copy(&parts.kernel, &to.sink, arena_alloc(tree_arena(t), CONTENT_PIECE), e))
		return false;
	content_of_memory(&parts.kernel, &m, buf_span(&bytes));
	if (!uki_plan(&u, &parts, e) || !uki_emit(u, &o.sink, e))
		return false;
	if ((uint64_t)ftell(o.f) != uki_size(u))
		return err_set(e, ERR_INTERNAL, "size is not as announced");
	fclose(o.f);
	out_text(dir, "part.osrel", parts.os_release);
	out_text(dir, "part.cmdline", parts.command_line);
	out_text(dir, "part.uname", parts.kernel_version);
	out_text(dir, "part.linux", buf_str(&bytes));
	bytes.n = 0;
	if (!content_copy(&parts.initrd, &to.sink, arena_alloc(tree_arena(t), CONTENT_PIECE), e))
		return false;
	out_text(dir, "part.initrd", buf_str(&bytes));
	return true;
}

static bool save(const char *dir, const struct fat_file *f, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	char path[TEXT_MAX], folder[TEXT_MAX];
	struct str parent = tree_parent(f->path);
	struct out o;
	bool ok;

	snprintf(folder, sizeof folder, "%s/esp/%.*s", dir, STR_ARG(parent));
	snprintf(path, sizeof path, "esp/%.*s", STR_ARG(f->path));
	if (!file_mkdirs(AT_FDCWD, folder, e))
		return false;
	o = out_open(dir, path);
	ok = content_copy(&f->content, &o.sink, piece, e);
	fclose(o.f);
	return ok;
}

static bool make_fat(const char *dir, struct err *e)
{
	static const struct {
		const char *path;
		size_t size;
	} shapes[] = { { "EFI/BOOT/BOOTX64.EFI", 3000000 }, { "EFI/Linux/linux-6.12.efi", 511 },
		{ "loader/entries/a name with blanks.conf", 512 }, { "loader/loader.conf", 513 },
		{ "empty", 0 }, { "UPPER.TXT", 1 }, { "MiXed.Txt", 2 }, { "a.b.c.d", 3 },
		{ ".hidden", 4 }, { "exactly8.txt", 5 }, { "ninechars.txt", 6 },
		{ "x+y=z;[1],2", 7 }, { "thirteenchars", 8 }, { "thirteencharsX", 9 },
		{ "LONGNA~3.TXT", 10 } };
	static char names[64][300];
	struct fat_file files[ARRAY_LEN(shapes) + ARRAY_LEN(names)];
	struct fat_options options = { .volume_id = 0x12345678, .time_unix = IMAGE_TREES_CLAMP };
	CLEANUP(tree_freep) struct tree *t = tree_new(64 << 20);
	CLEANUP(fat_freep) struct fat *f = NULL;
	struct out o = out_open(dir, "esp.fat");

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		files[i].path = str_of(shapes[i].path);
		image_trees_bytes(t, (uint32_t)i, shapes[i].size, &files[i].content);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) { /* the alias of all but few needs a tail */
		snprintf(names[i], sizeof names[i], "%s/long name %0*zu.txt",
			i < 20 ? "deep/er" : "many", (int)(i * 240 / ARRAY_LEN(names) + 1), i);
		files[ARRAY_LEN(shapes) + i].path = str_of(names[i]);
		image_trees_bytes(t, (uint32_t)i, i * 40, &files[ARRAY_LEN(shapes) + i].content);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (!save(dir, &files[i], e))
			return false;
	if (!fat_plan(&f, files, ARRAY_LEN(files), &options, e) || !fat_emit(f, &o.sink, e))
		return false;
	if ((uint64_t)ftell(o.f) != fat_size(f))
		return err_set(e, ERR_INTERNAL, "size is not as announced");
	fclose(o.f);
	return true;
}

static bool read_out(const char *dir, const char *name, struct buf *ret, struct err *e)
{
	char path[TEXT_MAX];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return file_read(AT_FDCWD, path, 128 << 20, ret, e);
}

static bool make_disk(const char *dir, struct err *e)
{
	static const char *const names[] = { "root.erofs", "root.verity", "esp.fat" };
	struct buf parts[DISK_PARTS] = { 0 }, hex = { 0 }, event = buf_init(TEXT_MAX);
	uint8_t root_hash[SHA256_SIZE], sha256[SHA256_SIZE];
	CLEANUP(file_closep) int fd = -1;
	char path[TEXT_MAX], text[2 * SHA256_SIZE + 1];
	struct disk_sink to;
	struct disk d;
	struct gpt g;

	for (unsigned i = 0; i < DISK_PARTS; i++)
		if (!read_out(dir, names[i], &parts[i], e))
			return false;
	snprintf(path, sizeof path, "%s/disk.raw", dir);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (!read_out(dir, "root.hash", &hex, e) ||
		!hex_read(buf_str(&hex), root_hash, sizeof root_hash) ||
		!disk_plan(&d, parts[0].n, parts[1].n, parts[2].n, e) || !disk_begin(fd, path, e))
		return false;
	for (unsigned i = 0; i < DISK_PARTS; i++) {
		disk_sink_init(&to, &d, i, fd, path);
		if (!sink_write(&to.sink, parts[i].p, 1000, e) ||
			!sink_write(&to.sink, parts[i].p + 1000, parts[i].n - 1000, e))
			return false;
	}
	sha256_of(sha256, buf_span(&parts[DISK_ESP]));
	disk_identify(&d, root_hash, sha256);
	g = disk_gpt(&d);
	if (!gpt_event_data(&g, &event, e) || !disk_finish(&d, fd, path, e) ||
		!disk_digest(&d, fd, path, sha256, e))
		return false;
	hex_write(text, sha256, sizeof sha256);
	out_text(dir, "disk.sha256", str_of(text));
	out_text(dir, "disk.gpt", buf_str(&event));
	for (unsigned i = 0; i < DISK_PARTS; i++)
		buf_done(&parts[i]);
	buf_done(&hex);
	buf_done(&event);
	return true;
}

static bool differs(const struct node *n, const char *what, struct err *e)
{
	return err_set(e, ERR_MISMATCH, "'%.*s': %s differs", STR_ARG(n->path), what);
}

static bool check_content(const char *path, const struct node *n, struct err *e)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	uint8_t sha256[SHA256_SIZE];

	if (!file_read(AT_FDCWD, path, 64 << 20, &b, e))
		return false;
	sha256_of(sha256, buf_span(&b));
	return (b.n == n->content.size && memcmp(sha256, n->content.sha256, SHA256_SIZE) == 0) ||
	       differs(n, "content", e);
}

static bool check_xattrs(const char *path, const struct node *n, struct err *e)
{
	static char list[65536], value[65536];
	ssize_t size = llistxattr(path, list, sizeof list), names = 0;

	for (ssize_t i = 0; i < size; i++)
		names += !list[i];
	if (size < 0 || (size_t)names != n->n_xattrs)
		return differs(n, "list of xattrs", e);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		const struct xattr *x = &n->xattrs[i];
		char *name = mem_string(x->name);

		size = lgetxattr(path, name, value, sizeof value);
		mem_free(&name);
		if (size < 0 || !span_equal(span_make(value, (size_t)size), x->value))
			return differs(n, "an xattr", e);
	}
	return true;
}

static nlink_t links_of(const struct node *nodes, size_t n_nodes, const struct node *n)
{
	nlink_t links = n->kind == NODE_FOLDER ? 2 : 0;

	for (size_t i = 1; i < n_nodes && n->kind == NODE_FOLDER; i++)
		links += nodes[i].kind == NODE_FOLDER &&
			 str_equal(tree_parent(nodes[i].path), n->path);
	for (size_t i = 0; i < n_nodes && n->inode; i++)
		links += nodes[i].inode == n->inode;
	return links ? links : 1;
}

static bool check_stat(const struct stat *st, const struct node *n, struct err *e)
{
	if (st->st_mode != mode_of_node(n))
		return differs(n, "mode", e);
	if (st->st_uid != n->uid || st->st_gid != n->gid)
		return differs(n, "owner", e);
	/* Unpacking tools leave the time at the folder that they unpack into as it comes. */
	if (n->path.n && (st->st_mtim.tv_sec != n->mtime_unix || st->st_mtim.tv_nsec))
		return differs(n, "time", e);
	if (mode_is_device(n->kind) &&
		(major(st->st_rdev) != n->dev_major || minor(st->st_rdev) != n->dev_minor))
		return differs(n, "device", e);
	return true;
}

static bool check_node(const char *path, const struct node *n, bool xattrs, struct err *e)
{
	char target[TEXT_MAX + 1];
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_os(e, "cannot stat '%.*s'", STR_ARG(n->path));
	if (!check_stat(&st, n, e))
		return false;
	if (n->kind == NODE_LINK) {
		ssize_t size = readlink(path, target, sizeof target);

		if (size < 0 || !str_equal(str_make(target, (size_t)size), n->target))
			return differs(n, "target", e);
	}
	if (n->kind == NODE_FILE && !check_content(path, n, e))
		return false;
	return !xattrs || n->kind == NODE_LINK || check_xattrs(path, n, e);
}

/* Entries below the folder. */
static size_t count(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	size_t n = 0;

	for (struct dirent *en; d && (en = readdir(d));) {
		if (str_is(str_of(en->d_name), ".") || str_is(str_of(en->d_name), ".."))
			continue;
		n += 1 + (en->d_type == DT_DIR ? count(fd, en->d_name) : 0);
	}
	if (d)
		closedir(d);
	return n;
}

static bool check(const char *dir, bool xattrs, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = NULL;
	char path[TEXT_MAX + 512];
	const struct node *nodes;
	size_t n, have = count(AT_FDCWD, dir);
	struct stat st;

	if (!image_trees_all_shapes(&t, xattrs, e))
		return false;
	nodes = tree_nodes(t, &n);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%.*s", dir, STR_ARG(nodes[i].path));
		if (!check_node(path, &nodes[i], xattrs, e))
			return false;
		if (lstat(path, &st) < 0 || st.st_nlink != links_of(nodes, n, &nodes[i]))
			return differs(&nodes[i], "number of links", e);
	}
	if (have != n - 1)
		return err_set(e, ERR_MISMATCH, "%zu entries, wanted %zu", have, n - 1);
	printf("%zu nodes agree\n", n);
	return true;
}

int main(int argc, char **argv)
{
	struct str verb = str_of(argc > 2 ? argv[1] : "");
	struct err e = { 0 };
	bool ok = false;

	if (str_is(verb, "root"))
		ok = make_root(argv[2], &e);
	else if (str_is(verb, "cpio"))
		ok = make_cpio(argv[2], &e);
	else if (str_is(verb, "uki") && argc > 3)
		ok = make_uki(argv[2], argv[3], &e);
	else if (str_is(verb, "fat"))
		ok = make_fat(argv[2], &e);
	else if (str_is(verb, "disk"))
		ok = make_disk(argv[2], &e);
	else if (str_is(verb, "check"))
		ok = check(argv[2], argc > 3, &e);
	else
		err_set(&e, ERR_USAGE, "image-maker VERB FOLDER");
	if (!ok)
		fprintf(stderr, "image-maker: %s\n", e.text);
	return ok ? 0 : 1;
}
