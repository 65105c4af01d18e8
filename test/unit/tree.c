#include "tree/tree.h"

#include "base/hex.h"
#include "test.h"

static struct content_memory memory_a, memory_b;
static struct content bytes_a, bytes_b;

static struct node folder(const char *path, const char *origin)
{
	return (struct node){
		.path = str_of(path), .kind = NODE_FOLDER, .mode = 0755, .origin = str_of(origin)
	};
}

static struct node file(const char *path, const char *origin)
{
	return (struct node){ .path = str_of(path),
		.kind = NODE_FILE,
		.mode = 0644,
		.content = bytes_a,
		.origin = str_of(origin) };
}

static struct node named(const char *path, const char *origin, uint32_t inode)
{
	struct node n = file(path, origin);

	n.inode = inode;
	return n;
}

static struct node symlink_to(const char *path, const char *target)
{
	return (struct node){ .path = str_of(path),
		.kind = NODE_LINK,
		.mode = 0777,
		.target = str_of(target),
		.origin = STR("package:a") };
}

#define ADD(t, ...)                                    \
	do {                                           \
		struct node n_ = __VA_ARGS__;          \
		struct err e_ = { 0 };                 \
		CHECK_OK(tree_add((t), &n_, &e_), e_); \
	} while (0)

static void paths(void)
{
	static char long_name[400], long_path[TREE_PATH_MAX + 2];
	static const struct {
		const char *path;
		bool ok;
	} cases[] = {
		{ "", true },
		{ "a", true },
		{ "usr/lib/..a", true },
		{ "usr/lib/a b", true },
		{ "usr/\xc5\x91", true },
		{ "/", false },
		{ "/a", false },
		{ "a/", false },
		{ "a//b", false },
		{ ".", false },
		{ "..", false },
		{ "a/./b", false },
		{ "a/../b", false },
		{ "a/..", false },
		{ "./a", false },
		{ "a\nb", false },
		{ "a\x1b[1m", false },
		{ "a\x7f", false },
	};
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(tree_check_path(str_of(cases[i].path), &e) == cases[i].ok);
	CHECK(!tree_check_path(str_make("a\0b", 3), &e));
	memset(long_name, 'x', sizeof long_name);
	CHECK(tree_check_path(str_make(long_name, TREE_NAME_MAX), &e));
	CHECK_ERR(tree_check_path(str_make(long_name, TREE_NAME_MAX + 1), &e), e, ERR_LIMIT);
	for (size_t i = 0; i < sizeof long_path; i++)
		long_path[i] = i % 2 ? '/' : 'x';
	CHECK(tree_check_path(str_make(long_path, TREE_PATH_MAX), &e));
	long_path[TREE_PATH_MAX] = 'x';
	CHECK_ERR(tree_check_path(str_make(long_path, TREE_PATH_MAX + 1), &e), e, ERR_LIMIT);
	CHECK(str_is(tree_parent(STR("a/b/c")), "a/b"));
	CHECK(str_is(tree_parent(STR("a")), ""));
	CHECK(str_is(tree_name(STR("a/b/c")), "c"));
	CHECK(str_is(tree_name(STR("a")), "a"));
}

static void path_order(void)
{
	static const char *const sorted[] = { "", "a", "a/b", "a/b/c", "a/b-c", "a/bc", "a!", "a-b",
		"a-b/c", "aa", "b", "\xc5" };

	for (size_t i = 0; i < ARRAY_LEN(sorted); i++)
		for (size_t k = 0; k < ARRAY_LEN(sorted); k++) {
			int c = tree_path_compare(str_of(sorted[i]), str_of(sorted[k]));

			CHECK((c < 0) == (i < k) && (c == 0) == (i == k));
		}
}

static void claims(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct node n = folder("usr", "package:b"), f = file("usr/f", "package:b");
	struct err e;

	ADD(t, folder("", "package:a"));
	ADD(t, folder("usr", "package:a"));
	n.mtime_unix = 7;
	CHECK_OK(tree_add(t, &n, &e), e);
	CHECK(str_is(tree_find(t, STR("usr"))->origin, "package:a"));
	CHECK(tree_find(t, STR("usr"))->mtime_unix == 7);
	n.mode = 0700;
	CHECK_ERR(tree_add(t, &n, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "package:a") && strstr(e.text, "package:b") && e.hint[0]);
	n.mode = 0755;
	n.gid = 1;
	CHECK_ERR(tree_add(t, &n, &e), e, ERR_MISMATCH);
	ADD(t, file("usr/f", "package:a"));
	CHECK_ERR(tree_add(t, &f, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "package:a") && strstr(e.text, "package:b"));
	n = file("usr", "package:b");
	CHECK_ERR(tree_add(t, &n, &e), e, ERR_MISMATCH);
	CHECK_ERR(tree_replace(t, &n, &e), e, ERR_MISMATCH);
	f.mode = 0600;
	CHECK_OK(tree_replace(t, &f, &e), e);
	CHECK(tree_find(t, STR("usr/f"))->mode == 0600);
	CHECK(str_is(tree_find(t, STR("usr/f"))->origin, "package:b"));
	n = folder("usr/f", "package:c");
	CHECK_OK(tree_replace(t, &n, &e), e);
	CHECK(tree_find(t, STR("usr/f"))->kind == NODE_FOLDER);
	CHECK(!tree_find(t, STR("usr/g")));
}

static void preferences(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct node n;
	struct err e;

	CHECK_OK(tree_prefer(t, STR("etc/**"), STR("overlay:o"), &e), e);
	ADD(t, folder("", "package:a"));
	ADD(t, folder("etc", "package:a"));
	ADD(t, file("etc/x", "package:a"));
	ADD(t, file("etc/x", "overlay:o"));
	CHECK(str_is(tree_find(t, STR("etc/x"))->origin, "overlay:o"));
	ADD(t, file("etc/y", "overlay:o"));
	ADD(t, file("etc/y", "package:a"));
	CHECK(str_is(tree_find(t, STR("etc/y"))->origin, "overlay:o"));
	ADD(t, file("etc/z", "package:a"));
	n = file("etc/z", "package:b");
	CHECK_ERR(tree_add(t, &n, &e), e, ERR_MISMATCH);
	n = file("etc/y", "overlay:o");
	CHECK_ERR(tree_add(t, &n, &e), e, ERR_MISMATCH); /* twice by the winner itself */
	ADD(t, file("usr", "package:a"));
	n = file("usr", "overlay:o");
	CHECK_ERR(tree_add(t, &n, &e), e, ERR_MISMATCH); /* outside the glob */
}

static void refused_nodes(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct xattr unsorted[] = { { STR("user.b"), { 0 } }, { STR("user.a"), { 0 } } };
	struct xattr many[TREE_XATTRS_MAX + 1] = { 0 };
	struct node bad[] = {
		file("a//b", "o"),
		file("", "o"),
		symlink_to("l", ""),
		symlink_to("l", "a\nb"),
		file("m", "o"),
		file("x", "o"),
		file("x", "o"),
		file("c", "o"),
	};
	struct err e;

	bad[4].mode = 0100644;
	bad[5].xattrs = unsorted;
	bad[5].n_xattrs = 2;
	bad[6].xattrs = many;
	bad[6].n_xattrs = ARRAY_LEN(many);
	bad[7].content.source = NULL;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		e = (struct err){ 0 };
		CHECK(!tree_add(t, &bad[i], &e) && e.kind != ERR_NONE);
		CHECK(!tree_replace(t, &bad[i], &e));
	}
}

static void bounded(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(4096);
	struct err e = { 0 };
	bool ok = true;

	for (int i = 0; ok && i < 1000; i++) {
		char path[16];
		struct node n;

		snprintf(path, sizeof path, "f%d", i);
		n = file(path, "o");
		ok = tree_add(t, &n, &e);
	}
	CHECK(!ok && e.kind == ERR_LIMIT);
}

static void removal(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct err e;
	size_t n;

	ADD(t, folder("", "o"));
	ADD(t, folder("doc", "o"));
	ADD(t, folder("doc/a", "o"));
	ADD(t, file("doc/a/b", "o"));
	ADD(t, file("docx", "o"));
	tree_remove(t, STR("doc"), &n);
	CHECK(n == 3);
	tree_remove(t, STR("doc"), &n);
	CHECK(n == 0);
	CHECK(!tree_find(t, STR("doc/a/b")) && tree_find(t, STR("docx")));
	ADD(t, file("doc", "p"));
	CHECK(tree_find(t, STR("doc"))->kind == NODE_FILE);
	tree_remove(t, STR("**"), &n);
	CHECK(n == 2 && tree_find(t, STR("")));
	ADD(t, folder("doc", "p"));
	CHECK_OK(tree_finish(t, 0, &e), e);
	CHECK(tree_nodes(t, &n) && n == 2);
}

static void finishing(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	const struct node *nodes;
	struct node late = file("late", "o");
	struct err e;
	size_t n;

	ADD(t, named("z/3", "package:a", 1));
	CHECK_ERR(tree_finish(t, 100, &e), e, ERR_FORMAT); /* no root */
	ADD(t, folder("", "o"));
	CHECK_ERR(tree_finish(t, 100, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "z/3"));
	ADD(t, folder("z", "o"));
	ADD(t, named("b", "package:a", 1));
	ADD(t, named("a", "package:b", 1)); /* another file: numbers belong to the origin */
	ADD(t, named("c", "package:b", 1));
	ADD(t, named("alone", "package:b", 2));
	late.mtime_unix = 1000;
	ADD(t, late);
	CHECK_OK(tree_finish(t, 100, &e), e);
	nodes = tree_nodes(t, &n);
	CHECK(n == 8 && str_is(nodes[0].path, "") && str_is(nodes[7].path, "z/3"));
	CHECK(tree_find(t, STR("a"))->inode == 1 && tree_find(t, STR("c"))->inode == 1);
	CHECK(tree_find(t, STR("b"))->inode == 2 && tree_find(t, STR("z/3"))->inode == 2);
	CHECK(tree_find(t, STR("alone"))->inode == 0);
	CHECK(tree_find(t, STR("late"))->mtime_unix == 100);
	CHECK_ERR(tree_add(t, &late, &e), e, ERR_INTERNAL);
	CHECK_ERR(tree_finish(t, 100, &e), e, ERR_INTERNAL);
}

static void broken_inodes(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct node n = named("b", "o", 1);
	struct err e;

	n.content = bytes_b;
	ADD(t, folder("", "o"));
	ADD(t, named("a", "o", 1));
	ADD(t, n);
	CHECK_ERR(tree_finish(t, 0, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "'a' and 'b'"));
	n = named("b", "o", 1);
	n.mode = 0600;
	CHECK_OK(tree_replace(t, &n, &e), e);
	CHECK_ERR(tree_finish(t, 0, &e), e, ERR_MISMATCH);
}

static void file_below_file(void)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct err e;

	ADD(t, folder("", "o"));
	ADD(t, symlink_to("lib", "/etc"));
	ADD(t, file("lib/x", "o"));
	CHECK_ERR(tree_finish(t, 0, &e), e, ERR_FORMAT);
}

/* The digest of a small tree with one thing of it changed; which: 0 nothing, -1 the order of adding. */
static void digest_with(int which, uint8_t out[static SHA256_SIZE])
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	struct xattr x = { STR("security.capability"), SPAN_OF("x") };
	struct node f = file("f", "o"), l = symlink_to("l", "f"), g = named("g", "o", 3),
		    h = named("h", "o", 3);
	struct node d = { .path = STR("d"), .kind = NODE_CHARDEV, .origin = STR("o") };
	struct node *all[] = { &f, &l, &g, &h, &d };
	struct err e;

	f.xattrs = &x;
	f.n_xattrs = which == 1 ? 0 : 1;
	f.mode = which == 2 ? 0755 : 0644;
	f.uid = which == 3;
	f.gid = which == 4;
	f.mtime_unix = which == 5;
	f.content = which == 6 ? bytes_b : bytes_a;
	f.path = which == 7 ? STR("ff") : f.path;
	l.target = which == 8 ? STR("g") : l.target;
	g.inode = which == 9 ? 0 : 3;
	d.dev_major = which == 10;
	d.dev_minor = which == 11;
	d.kind = which == 12 ? NODE_BLOCKDEV : d.kind;
	x.value = which == 13 ? SPAN_OF("y") : x.value;
	x.name = which == 14 ? STR("user.x") : x.name;
	f.origin = which == -2 ? STR("p") : f.origin;
	ADD(t, folder("", "o"));
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		ADD(t, *all[which == -1 ? ARRAY_LEN(all) - 1 - i : i]);
	CHECK_OK(tree_finish(t, 100, &e), e);
	tree_digest(t, out);
}

static void digests(void)
{
	uint8_t base[SHA256_SIZE], other[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	digest_with(0, base);
	for (int which = -2; which < 15; which++) {
		digest_with(which, other);
		CHECK((memcmp(base, other, sizeof base) == 0) == (which <= 0));
	}
	hex_write(hex, base, sizeof base);
	/* Known answer: images carry salts made from it, so it must not drift. */
	CHECK(!strcmp(hex, "c090338e806fb80d130f053021e787cd8124d76d7a9c4e4e6c93295d655c04dc"));
}

int main(void)
{
	content_of_memory(&bytes_a, &memory_a, SPAN_OF("a"));
	content_of_memory(&bytes_b, &memory_b, SPAN_OF("b"));
	paths();
	path_order();
	claims();
	preferences();
	refused_nodes();
	bounded();
	removal();
	finishing();
	broken_inodes();
	file_below_file();
	digests();
	return test_end();
}
