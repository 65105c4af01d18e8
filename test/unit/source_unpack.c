/*
 * Tarballs of sources as folders: what a good one becomes, what a hostile one cannot do, and the canonical archive.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/source_unpack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "build/source_folder.h"
#include "build/source_pack.h"
#include "make_deb.h"
#include "sys/file.h"
#include "test.h"

enum { EPOCH = 1700000000, TAR_TIME = 1000000000 };

#define FILE_OF(name, text)                 \
	{                                   \
		name, '0', 0644, text, NULL \
	}
#define FOLDER_OF(name)                     \
	{                                   \
		name, '5', 0755, NULL, NULL \
	}
#define LINK_OF(name, to)                 \
	{                                 \
		name, '2', 0777, NULL, to \
	}
#define HARD_OF(name, to)                 \
	{                                 \
		name, '1', 0644, NULL, to \
	}

static char folder[] = "/tmp/assay-unpack-XXXXXX";
static unsigned n_made;

/* A new empty folder; its path is in at. */
static int empty(char at[static PATH_MAX])
{
	char name[32];
	struct err e = { 0 };
	int dir = -1;

	snprintf(name, sizeof name, "%u", n_made++);
	CHECK_OK(source_folder_make(at, folder, name, &dir, &e), e);
	return dir;
}

static bool unpack(struct tree *list, int dir, struct span bytes, struct err *e)
{
	char at[PATH_MAX];
	uint8_t got[SHA256_SIZE], want[SHA256_SIZE];
	CLEANUP(file_closep) int fd = -1;
	bool ok;

	snprintf(at, sizeof at, "%s/archive", folder);
	CHECK_OK(file_replace(AT_FDCWD, at, bytes, 0644, e), *e);
	fd = file_open(AT_FDCWD, at, e);
	ok = fd >= 0 && source_unpack(list, dir, fd, bytes.n, EPOCH, got, e);
	if (ok) {
		sha256_of(want, bytes);
		CHECK(!memcmp(got, want, sizeof want));
	}
	return ok;
}

static bool unpack_lines(int dir, const struct tar_line *lines, size_t n, struct err *e)
{
	CLEANUP(buf_done) struct buf tar = make_tar(lines, n);

	return unpack(NULL, dir, buf_span(&tar), e);
}

/* Mode and time of what is there, "" when nothing is. */
static const char *seen(const char *at, const char *name)
{
	static char text[64];
	char path[PATH_MAX + 64];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", at, name);
	text[0] = 0;
	if (lstat(path, &st) == 0)
		snprintf(
			text, sizeof text, "%o %lld", (unsigned)st.st_mode, (long long)st.st_mtime);
	return text;
}

static const struct tar_line good[] = {
	FOLDER_OF("./"),
	FOLDER_OF("./top/"),
	{ "./top/run", '0', 06751, "run\n", NULL },
	{ "./top/private", '0', 0600, "private\n", NULL },
	HARD_OF("./top/again", "./top/private"),
	LINK_OF("./top/link", "/etc/passwd"),
	FILE_OF("no/folder/for/it", "deep\n"),
};

static void what_it_becomes(void)
{
	static const char *const suffixes[] = { "", ".gz", ".bz2", ".xz", ".zst" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		CLEANUP(buf_done) struct buf tar = make_tar(good, ARRAY_LEN(good));
		CLEANUP(buf_done) struct buf bytes = make_compressed(buf_span(&tar), suffixes[i]);
		CLEANUP(buf_done) struct buf text = { 0 };
		char at[PATH_MAX], target[64] = "";
		CLEANUP(file_closep) int dir = empty(at);
		struct err e = { 0 };

		CHECK_OK(unpack(NULL, dir, buf_span(&bytes), &e), e);
		CHECK_OK(source_unpack_settle(dir, EPOCH, &e), e);
		CHECK(!strcmp(seen(at, "top"), "40755 1700000000"));
		CHECK(!strcmp(seen(at, "top/run"), "100755 1000000000"));
		CHECK(!strcmp(seen(at, "top/private"), "100644 1000000000"));
		CHECK(!strcmp(seen(at, "top/again"), "100644 1000000000"));
		CHECK(!strcmp(seen(at, "top/link"), "120777 1700000000"));
		CHECK(!strcmp(seen(at, "no/folder"), "40755 1700000000"));
		CHECK(readlinkat(dir, "top/link", target, sizeof target) == 11);
		CHECK_OK(file_read(dir, "top/again", 100, &text, &e), e);
		CHECK(str_is(buf_str(&text), "private\n"));
	}
}

static void hostile(void)
{
	static const struct {
		struct tar_line lines[3];
		size_t n;
		const char *says;
	} cases[] = {
		{ { FILE_OF("../out", "x") }, 1, "'../out'" },
		{ { FILE_OF("/etc/out", "x") }, 1, "'/etc/out'" },
		{ { FILE_OF("a/../../out", "x") }, 1, "a/../../out" },
		{ { FILE_OF("a//b", "x") }, 1, "'a//b'" },
		{ { LINK_OF("a", "/tmp"), FILE_OF("a/out", "x") }, 2, "'a/out'" },
		{ { LINK_OF("a", ".."), FOLDER_OF("a/b/") }, 2, "'a/b/'" },
		{ { LINK_OF("a", "/tmp"), FOLDER_OF("a/") }, 2, "stands there twice" },
		{ { FILE_OF("a", "1"), FILE_OF("a", "2") }, 2, "stands there twice" },
		{ { FILE_OF("a", "1"), FILE_OF("a/b", "2") }, 2, "'a/b'" },
		{ { FOLDER_OF("a/"), LINK_OF("a", "b") }, 2, "stands there twice" },
		{ { HARD_OF("a", "/etc/passwd") }, 1, "'a': it is a hard link" },
		{ { HARD_OF("a", "../../etc/passwd") }, 1, "'a': it is a hard link" },
		{ { HARD_OF("a", "b") }, 1, "'a': a hard link to 'b', which is no file before it" },
		{ { LINK_OF("b", "/etc/passwd"), HARD_OF("a", "b") }, 2, "no file before it" },
		{ { { "a", '3', 0666, NULL, NULL } }, 1, "'a': a device or fifo" },
		{ { { "a", '4', 0666, NULL, NULL } }, 1, "'a': a device or fifo" },
		{ { { "a", '6', 0666, NULL, NULL } }, 1, "'a': a device or fifo" },
		{ { FILE_OF("a\nb", "x") }, 1, "control" },
		{ { FILE_OF("./", "x") }, 1, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char at[PATH_MAX];
		CLEANUP(file_closep) int dir = empty(at);
		struct err e = { 0 };
		bool ok = unpack_lines(dir, cases[i].lines, cases[i].n, &e);

		test_report(!ok && strstr(e.text, cases[i].says), __FILE__, (int)i,
			ok ? "taken" : e.text);
		CHECK(access("/tmp/out", F_OK) < 0 && access("/etc/out", F_OK) < 0);
	}
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf tar = buf_init(MAKE_DEB_MAX);
	CLEANUP(buf_done) struct buf cut = make_tar(good, ARRAY_LEN(good));
	char at[PATH_MAX], deep[2 * SOURCE_UNPACK_DEPTH_MAX + 8] = "";
	CLEANUP(file_closep) int dir = empty(at);
	const struct tar_line too_deep = FILE_OF(deep, "x");
	struct err e = { 0 };

	for (unsigned i = 0; i < SOURCE_UNPACK_DEPTH_MAX; i++)
		memcpy(deep + strlen(deep), "a/", 3);
	memcpy(deep + strlen(deep), "a", 2);
	CHECK_ERR(unpack_lines(dir, &too_deep, 1, &e), e, ERR_LIMIT);

	/* A header that promises more than all files may have. */
	make_tar_pax(&tar, "size", "99999999999");
	make_tar_line(&tar, &(struct tar_line)FILE_OF("big", "x"));
	buf_fill(&tar, 0, 1024);
	CHECK_ERR(unpack(NULL, dir, buf_span(&tar), &e), e, ERR_LIMIT);

	for (size_t n = 0; n < cut.n - 1024; n += 512) {
		char where[PATH_MAX];
		CLEANUP(file_closep) int there = empty(where);

		CHECK(!unpack(NULL, there, span_make(cut.p, n), &e));
	}
}

/* 300 MB of zeros in some kB. */
static void bomb(void)
{
	static uint8_t zeros[1 << 20];
	CLEANUP(buf_done) struct buf tar = buf_init(400 << 20), bytes = { 0 };
	char at[PATH_MAX];
	CLEANUP(file_closep) int dir = empty(at);
	struct err e = { 0 };

	make_tar_header(&tar, "zeros", '0', 0644, 300 << 20, NULL);
	for (int i = 0; i < 300; i++)
		buf_add(&tar, zeros, sizeof zeros);
	buf_fill(&tar, 0, 1024);
	bytes = make_compressed(buf_span(&tar), ".zst");
	CHECK(bytes.n < 100000);
	CHECK_ERR(unpack(NULL, dir, buf_span(&bytes), &e), e, ERR_LIMIT);
}

static void packed(char hex[static 65], const struct tar_line *lines, size_t n, struct store *s,
	struct buf *bytes)
{
	CLEANUP(tree_freep) struct tree *list = tree_new(1 << 20);
	CLEANUP(buf_done) struct buf tar = make_tar(lines, n);
	char at[PATH_MAX];
	CLEANUP(file_closep) int dir = empty(at);
	uint8_t sha256[SHA256_SIZE];
	struct err e = { 0 };

	CHECK_OK(unpack(list, dir, buf_span(&tar), &e), e);
	CHECK_OK(source_pack(sha256, s, list, &e), e);
	hex_write(hex, sha256, SHA256_SIZE);
	if (bytes)
		CHECK_OK(store_get(s, sha256, 1 << 20, bytes, &e), e);
}

#define D50 "a23456789012345678901234567890123456789012345678/"
#define D200 D50 D50 D50 D50

/* One folder, one archive: whatever order, times and owners the tarball had. What we write is what we read. */
static void canonical(void)
{
	const struct tar_line one[] = { FILE_OF("b", "2"), FOLDER_OF("a/"),
		{ "a/x", '0', 0700, "1", NULL }, LINK_OF("a/l", D200 "target"),
		FILE_OF(D200 D50 "name", "deep") };
	const struct tar_line same[] = { FOLDER_OF("./"), LINK_OF("./a/l", D200 "target"),
		FILE_OF("./" D200 D50 "name", "deep"), { "./a/x", '0', 0755, "1", NULL },
		{ "./b", '0', 0600, "2", NULL } };
	const struct tar_line other[] = { FILE_OF("b", "2"), { "a/x", '0', 0600, "1", NULL },
		LINK_OF("a/l", D200 "target"), FILE_OF(D200 D50 "name", "deep") };
	char path[PATH_MAX], a[65], b[65], c[65], again[65], at[PATH_MAX];
	CLEANUP(buf_done) struct buf bytes = { 0 };
	CLEANUP(tree_freep) struct tree *list = tree_new(1 << 20);
	struct store *s;
	uint8_t sha256[SHA256_SIZE];
	CLEANUP(file_closep) int dir = empty(at);
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/store", folder);
	CHECK_OK(store_open(&s, path, &e), e);
	packed(a, one, ARRAY_LEN(one), s, &bytes);
	packed(b, same, ARRAY_LEN(same), s, NULL);
	packed(c, other, ARRAY_LEN(other), s, NULL);
	CHECK(!strcmp(a, b));
	CHECK(strcmp(a, c) != 0);
	/* Promised: pins in descriptions are such digests. */
	CHECK(!strcmp(a, "5d2cb908496cce0dbf265a8c669e9b40f38db8964ae1a8464126f5b2e732718f"));
	CHECK_OK(unpack(list, dir, buf_span(&bytes), &e), e);
	CHECK_OK(source_pack(sha256, s, list, &e), e);
	hex_write(again, sha256, SHA256_SIZE);
	CHECK(!strcmp(a, again));
	store_free(s);
}

static void one_folder(void)
{
	char at[PATH_MAX], whole[PATH_MAX];
	CLEANUP(file_closep) int dir = empty(at);
	struct err e = { 0 };

	memcpy(whole, at, sizeof whole);
	CHECK(mkdirat(dir, "top", 0755) == 0);
	CHECK_OK(source_folder_top(at, true, &e), e);
	CHECK(str_ends(str_of(at), "/top"));
	CHECK(symlinkat("top", dir, "link") == 0);
	memcpy(at, whole, sizeof at);
	CHECK_OK(source_folder_top(at, false, &e), e);
	CHECK(!strcmp(at, whole));
	CHECK_ERR(source_folder_top(at, true, &e), e, ERR_FORMAT);
	CHECK(unlinkat(dir, "top", AT_REMOVEDIR) == 0);
	CHECK_ERR(source_folder_top(at, true, &e), e, ERR_FORMAT); /* a link is no folder */
}

int main(void)
{
	struct err e = { 0 };

	CHECK(mkdtemp(folder) != NULL);
	what_it_becomes();
	hostile();
	limits();
	bomb();
	canonical();
	one_folder();
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_end();
}
