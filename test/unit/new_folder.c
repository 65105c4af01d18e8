#include "template/new_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "rootfs/entry.h"
#include "sys/file.h"
#include "test.h"

static char root[] = "/tmp/assay-test-new-folder-XXXXXX";
static int dir = -1;

static bool unreadable(
	const struct content_source *s, uint64_t at, void *dst, size_t n, struct err *e)
{
	(void)s;
	(void)at;
	(void)dst;
	(void)n;
	return err_set(e, ERR_IO, "this cannot be read");
}

/* A file, a program, an empty folder, a link; with `broken`, also a file that cannot be read. */
static struct tree *make(bool broken)
{
	static const struct content_source source = { unreadable };
	struct tree *t = tree_new(1 << 20);
	struct err e;

	CHECK_OK(entry_folder(t, STR(""), "test", &e), e);
	CHECK_OK(entry_file(t, STR("a/b/file"), str_span(STR("text")), 0644, "test", &e), e);
	CHECK_OK(entry_file(t, STR("a/program"), str_span(STR("#!")), 0755, "test", &e), e);
	CHECK_OK(entry_folder(t, STR("empty"), "test", &e), e);
	CHECK_OK(entry_link(t, STR("link"), STR("../nowhere"), "test", &e), e);
	if (broken) {
		struct node n = { .path = STR("z"),
			.kind = NODE_FILE,
			.origin = STR("test"),
			.content = { .source = &source, .size = 1 } };

		CHECK_OK(tree_add(t, &n, &e), e);
	}
	CHECK_OK(tree_finish(t, 1, &e), e);
	return t;
}

static const char *at(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", root, name);
	return path;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode & 07777 : 0;
}

static size_t entries(const char *name)
{
	char **names;
	size_t n = 0;
	struct err e;

	CHECK_OK(file_names(dir, name, &names, &n, &e), e);
	file_names_free(names, n);
	return n;
}

static void written(mode_t mask, const char *name)
{
	CLEANUP(tree_freep) struct tree *t = make(false);
	CLEANUP(buf_done) struct buf text = { 0 };
	char target[64] = "", path[64];
	struct err e;

	umask(mask);
	CHECK_OK(new_folder_write(t, at(name), &e), e);
	umask(022);
	snprintf(path, sizeof path, "%s/a/b/file", name);
	CHECK_OK(file_read(dir, path, 100, &text, &e), e);
	CHECK(str_is(buf_str(&text), "text"));
	CHECK(mode_of(path) == 0644);
	snprintf(path, sizeof path, "%s/a/b", name);
	CHECK(mode_of(path) == 0755);
	snprintf(path, sizeof path, "%s/a/program", name);
	CHECK(mode_of(path) == 0755);
	snprintf(path, sizeof path, "%s/empty", name);
	CHECK(mode_of(path) == 0755 && entries(path) == 0);
	snprintf(path, sizeof path, "%s/link", name);
	CHECK(readlinkat(dir, path, target, sizeof target - 1) > 0 &&
		!strcmp(target, "../nowhere"));
	CHECK(entries(name) == 3);
}

/* Whatever stands in the way, nothing is touched and nothing is added. */
static void in_the_way(void)
{
	CLEANUP(tree_freep) struct tree *t = make(false);
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err e;

	CHECK_OK(file_mkdirs(dir, "file/other", &e), e);
	CHECK_OK(file_write(dir, "file/link", str_span(STR("mine")), 0600, &e), e);
	CHECK_ERR(new_folder_write(t, at("file"), &e), e, ERR_USAGE);
	CHECK(strstr(e.text, "/file/link'") && e.hint[0]);
	CHECK(entries("file") == 2 && mode_of("file/link") == 0600);
	CHECK_OK(file_read(dir, "file/link", 100, &text, &e), e);
	CHECK(str_is(buf_str(&text), "mine"));
	CHECK_OK(file_mkdirs(dir, "dangling", &e), e);
	CHECK(symlinkat("nowhere", dir, "dangling/a") == 0);
	CHECK_ERR(new_folder_write(t, at("dangling"), &e), e, ERR_USAGE);
	CHECK(entries("dangling") == 1);
	CHECK_ERR(new_folder_write(t, at("file/link"), &e), e, ERR_IO);
	/* What is not in the way stays beside it. */
	CHECK_OK(file_mkdirs(dir, "beside/.git", &e), e);
	CHECK_OK(new_folder_write(t, at("beside"), &e), e);
	CHECK(entries("beside") == 4);
}

static void taken_back(void)
{
	CLEANUP(tree_freep) struct tree *t = make(true);
	struct err e;

	CHECK_ERR(new_folder_write(t, at("new"), &e), e, ERR_IO);
	CHECK(strstr(e.text, "cannot be read"));
	CHECK(faccessat(dir, "new", F_OK, 0) < 0);
	CHECK_OK(file_mkdirs(dir, "old/mine", &e), e);
	CHECK_ERR(new_folder_write(t, at("old"), &e), e, ERR_IO);
	CHECK(entries("old") == 1);
}

static bool somebody_else_writes(
	const struct content_source *s, uint64_t at, void *dst, size_t n, struct err *e)
{
	(void)s;
	(void)at;
	memset(dst, 'x', n);
	return file_write(dir, "race/a/theirs", str_span(STR("theirs")), 0600, e) &&
	       file_mkdirs(dir, "race/z/theirs", e);
}

/* What another process made in the meantime is the other's, above and below. */
static void only_its_own(void)
{
	static const struct content_source source = { somebody_else_writes };
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct node n = { .path = STR("a/file"),
		.kind = NODE_FILE,
		.origin = STR("test"),
		.content = { .source = &source, .size = 1 } };
	struct err e;

	CHECK_OK(entry_folder(t, STR(""), "test", &e), e);
	CHECK_OK(entry_folder(t, STR("a"), "test", &e), e);
	CHECK_OK(tree_add(t, &n, &e), e);
	CHECK_OK(entry_link(t, STR("link"), STR("../nowhere"), "test", &e), e);
	CHECK_OK(entry_folder(t, STR("z"), "test", &e), e);
	CHECK_OK(tree_finish(t, 1, &e), e);
	CHECK_ERR(new_folder_write(t, at("race"), &e), e, ERR_IO);
	CHECK(strstr(e.text, "folder 'z'"));
	CHECK(entries("race") == 2 && entries("race/a") == 1 && entries("race/z") == 1);
	CHECK(mode_of("race/a/theirs") == 0600);
}

int main(void)
{
	struct err e;

	if (!mkdtemp(root))
		return 1;
	dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	written(022, "usual");
	written(077, "narrow");
	written(0, "deep/er");
	in_the_way();
	taken_back();
	only_its_own();
	CHECK_OK(file_remove_tree(AT_FDCWD, root, &e), e);
	return test_end();
}
