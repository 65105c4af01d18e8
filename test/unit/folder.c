#include "tree/folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "test.h"

static char root[] = "/tmp/assay-test-folder-XXXXXX";
static int dir = -1;

static struct kept {
	struct content_memory memory;
	struct buf bytes;
	struct kept *next;
} * all_kept;

/* The bytes of every file in memory, for as long as the test runs. */
static bool keep(void *ctx, int fd, struct content *ret, struct err *e)
{
	struct kept *k = MEM_NEW(struct kept);

	(*(size_t *)ctx)++;
	if (!file_read_fd(fd, "test", 1 << 20, &k->bytes, e))
		return false;
	k->next = all_kept;
	all_kept = k;
	content_of_memory(ret, &k->memory, buf_span(&k->bytes));
	return true;
}

static void drop_kept(void)
{
	while (all_kept) {
		struct kept *k = all_kept;

		all_kept = k->next;
		buf_done(&k->bytes);
		free(k);
	}
}

static void put(const char *path, const char *text, mode_t mode)
{
	struct err e;

	CHECK_OK(file_write(dir, path, str_span(str_of(text)), mode, &e), e);
}

static bool read_into(
	struct tree *t, const char *path, const char *prefix, size_t *n, struct err *e)
{
	struct folder_put p = { keep, n };

	*n = 0;
	return tree_from_folder(t, dir, path, str_of(prefix), STR("overlay:o"), &p, e);
}

static void digest(const char *path, uint8_t out[static SHA256_SIZE])
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct err e;
	size_t n;

	CHECK_OK(read_into(t, path, "", &n, &e), e);
	CHECK_OK(tree_finish(t, 1000, &e), e);
	tree_digest(t, out);
}

static void make_overlay(void)
{
	struct err e;

	CHECK_OK(file_mkdirs(dir, "o/etc/empty", &e), e);
	put("o/etc/b", "b", 0664);
	put("o/etc/run", "x", 0775);
	put("o/etc/suid", "x", 06711);
	put("o/etc/.gitkeep", "", 0600);
	CHECK(symlinkat("/nowhere/../x", dir, "o/etc/link") == 0);
	CHECK(symlinkat("..", dir, "o/etc/up") == 0);
	CHECK(linkat(dir, "o/etc/b", dir, "o/etc/hard", 0) == 0);
}

static void reading(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	static const struct {
		const char *path;
		enum node_kind kind;
		uint32_t mode;
	} want[] = {
		{ "", NODE_FOLDER, 0755 },
		{ "srv", NODE_FOLDER, 0755 },
		{ "srv/www", NODE_FOLDER, 0755 },
		{ "srv/www/etc", NODE_FOLDER, 0755 },
		{ "srv/www/etc/.gitkeep", NODE_FILE, 0644 },
		{ "srv/www/etc/b", NODE_FILE, 0644 },
		{ "srv/www/etc/empty", NODE_FOLDER, 0755 },
		{ "srv/www/etc/hard", NODE_FILE, 0644 },
		{ "srv/www/etc/link", NODE_LINK, 0777 },
		{ "srv/www/etc/run", NODE_FILE, 0755 },
		{ "srv/www/etc/suid", NODE_FILE, 0755 },
		{ "srv/www/etc/up", NODE_LINK, 0777 },
	};
	const struct node *nodes;
	struct err e;
	size_t n;

	CHECK_OK(read_into(t, "o", "srv/www", &n, &e), e);
	CHECK(n == 5);
	CHECK_OK(tree_finish(t, 1000, &e), e);
	nodes = tree_nodes(t, &n);
	CHECK(n == ARRAY_LEN(want));
	for (size_t i = 0; i < n && i < ARRAY_LEN(want); i++)
		CHECK(str_is(nodes[i].path, want[i].path) && nodes[i].kind == want[i].kind &&
			nodes[i].mode == want[i].mode && nodes[i].uid == 0 && nodes[i].gid == 0 &&
			nodes[i].mtime_unix == 1000 && nodes[i].n_xattrs == 0 &&
			nodes[i].inode == 0 && str_is(nodes[i].origin, "overlay:o"));
	CHECK(str_is(tree_find(t, STR("srv/www/etc/link"))->target, "/nowhere/../x"));
	CHECK(tree_find(t, STR("srv/www/etc/b"))->content.size == 1);
}

/* Whatever the machine made of the folder, the tree is the same. */
static void normalised(void)
{
	uint8_t before[SHA256_SIZE], after[SHA256_SIZE];
	mode_t old = umask(077);
	struct err e;

	digest("o", before);
	CHECK_OK(file_mkdirs(dir, "p/etc/empty", &e), e);
	CHECK(symlinkat("..", dir, "p/etc/up") == 0);
	CHECK(symlinkat("/nowhere/../x", dir, "p/etc/link") == 0);
	put("p/etc/suid", "x", 0700);
	put("p/etc/run", "x", 0700);
	put("p/etc/hard", "b", 0600);
	put("p/etc/b", "b", 0600);
	put("p/etc/.gitkeep", "", 0666);
	umask(old);
	CHECK(fchmodat(dir, "p/etc", 02775, 0) == 0);
	digest("p", after);
	CHECK(memcmp(before, after, sizeof before) == 0);
	put("p/etc/b", "c", 0600);
	digest("p", after);
	CHECK(memcmp(before, after, sizeof before) != 0);
}

static void kept_folder(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct node n = { .path = STR(""), .mode = 0755, .origin = STR("package:a") };
	struct err e;
	size_t count;

	CHECK_OK(tree_add(t, &n, &e), e);
	n.path = STR("etc");
	n.mode = 01777;
	CHECK_OK(tree_add(t, &n, &e), e);
	CHECK_OK(read_into(t, "o", "", &count, &e), e);
	CHECK(tree_find(t, STR("etc"))->mode == 01777);
	CHECK_ERR(read_into(t, "o", "", &count, &e), e, ERR_MISMATCH);
}

static void refused(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct err e;
	size_t n;

	CHECK_OK(file_mkdirs(dir, "fifo", &e), e);
	CHECK_OK(file_mkdirs(dir, "name/a\nb", &e), e);
	CHECK(mkfifoat(dir, "fifo/f", 0644) == 0);
	CHECK(symlinkat("o", dir, "olink") == 0);
	CHECK_ERR(read_into(t, "fifo", "", &n, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "'f'"));
	CHECK_ERR(read_into(t, "name", "", &n, &e), e, ERR_FORMAT);
	CHECK_ERR(read_into(t, "olink", "", &n, &e), e, ERR_IO);
	CHECK_ERR(read_into(t, "missing", "", &n, &e), e, ERR_IO);
	CHECK_ERR(read_into(t, "o", "/abs", &n, &e), e, ERR_FORMAT);
	CHECK_ERR(read_into(t, "o", "a/../b", &n, &e), e, ERR_FORMAT);
}

static void depth(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct err e;
	size_t n;

	buf_add_cstr(&b, "deep");
	for (int i = 0; i < FOLDER_DEPTH_MAX; i++)
		buf_add_cstr(&b, "/d");
	buf_u8(&b, 0);
	CHECK_OK(file_mkdirs(dir, (const char *)b.p, &e), e);
	CHECK_ERR(read_into(t, "deep", "", &n, &e), e, ERR_LIMIT);
}

int main(void)
{
	struct err e;

	if (!mkdtemp(root))
		return 1;
	dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_overlay();
	reading();
	normalised();
	kept_folder();
	refused();
	depth();
	drop_kept();
	CHECK_OK(file_remove_tree(AT_FDCWD, root, &e), e);
	return test_end();
}
