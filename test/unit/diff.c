/* Folders and files against each other: what differs is found, named, and stands in order. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "diff/diff.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sys/file.h"
#include "test.h"

#include "base/banned.h"

static char folder[] = "/tmp/assay-diff-XXXXXX";
static int top;

static void put(const char *path, const char *text)
{
	struct err e;

	CHECK_OK(file_replace(top, path, str_span(str_of(text)), 0644, &e), e);
	/* The time of the file is no matter of this test. */
	struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };
	CHECK(utimensat(top, path, times, 0) == 0);
}

/* The report of a against b; the arena is the caller's. */
static struct diff_report diff(const char *a, const char *b, struct arena *arena)
{
	char path_a[256], path_b[256];
	struct diff_report r = { 0 };
	struct err e;

	snprintf(path_a, sizeof(path_a), "%s/%s", folder, a);
	snprintf(path_b, sizeof(path_b), "%s/%s", folder, b);
	CHECK_OK(diff_paths(&r, path_a, path_b, NULL, arena, &e), e);
	return r;
}

static const struct diff_leaf *find(const struct diff_report *r, enum diff_kind kind)
{
	for (size_t i = 0; i < r->n_leaves; i++)
		if (r->leaves[i].kind == kind)
			return &r->leaves[i];
	CHECK(false);
	static const struct str nowhere = { "", 0 };
	static const struct diff_leaf none = { .where = &nowhere, .n_where = 1 };
	return &none;
}

static bool is_at(const struct diff_leaf *l, const char *last)
{
	return l->n_where && str_is(l->where[l->n_where - 1], last);
}

static void test_folders(void)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(DIFF_ARENA_MAX);
	struct err e;

	CHECK_OK(file_mkdirs(top, "a/d/e", &e), e);
	CHECK_OK(file_mkdirs(top, "b/d/e", &e), e);
	put("a/d/same", "same");
	put("b/d/same", "same");
	struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };
	for (const char *const *p = (const char *const[]){ "a/d/e", "b/d/e", "a/d", "b/d", NULL };
		*p; p++)
		CHECK(utimensat(top, *p, times, 0) == 0);
	CHECK(diff("a", "b", arena).equal);

	put("a/bytes", "\1\2\3\4");
	put("b/bytes", "\1\2\3\5");
	put("a/left", "");
	put("b/right", "");
	put("a/mode", "");
	put("b/mode", "");
	CHECK(fchmodat(top, "b/mode", 0755, 0) == 0);
	CHECK(symlinkat("x", top, "a/link") == 0 && symlinkat("y", top, "b/link") == 0);
	put("a/type", "");
	CHECK(mkdirat(top, "b/type", 0755) == 0);
	struct diff_report r = diff("a", "b", arena);
	CHECK(!r.equal && r.n_causes == r.n_leaves);
	const struct diff_leaf *bytes = find(&r, DIFF_BYTES);
	CHECK(is_at(bytes, "bytes") && bytes->at_a == 3 && bytes->n_bytes == 1);
	CHECK(bytes->a.n == 4 && bytes->a.p[bytes->lead] == 4 && bytes->b.p[bytes->lead] == 5);
	CHECK(is_at(find(&r, DIFF_ONLY_A), "left"));
	CHECK(is_at(find(&r, DIFF_ONLY_B), "right"));
	CHECK(is_at(find(&r, DIFF_MODE), "mode"));
	CHECK(span_equal(find(&r, DIFF_MODE)->b, str_span(STR("0755"))));
	CHECK(is_at(find(&r, DIFF_LINK), "link"));
	CHECK(is_at(find(&r, DIFF_TYPE), "type"));
}

static void test_xattrs(void)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(DIFF_ARENA_MAX);
	struct err e;

	CHECK_OK(file_mkdirs(top, "xa", &e) && file_mkdirs(top, "xb", &e), e);
	put("xa/f", "");
	put("xb/f", "");
	int fd = openat(top, "xb/f", O_RDONLY | O_CLOEXEC);
	bool has = fd >= 0 && fsetxattr(fd, "user.note", "hello", 5, 0) == 0;
	close(fd);
	if (!has) {
		test_skip("xattrs", "the file system has no user attributes");
		return;
	}
	struct diff_report r = diff("xa", "xb", arena);
	CHECK(r.n_leaves == 1 && is_at(find(&r, DIFF_XATTR), "user.note"));
	CHECK(span_equal(find(&r, DIFF_XATTR)->b, str_span(STR("hello"))));
	CHECK(find(&r, DIFF_XATTR)->n_where == 2 && str_is(r.leaves[0].where[0], "f"));
}

static void test_files(void)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(DIFF_ARENA_MAX);
	struct diff_report r;
	struct err e;

	r = diff("a/bytes", "b/bytes", arena);
	CHECK(r.n_leaves == 1 && r.leaves[0].kind == DIFF_BYTES);
	CHECK(diff("a/bytes", "a/bytes", arena).equal);
	CHECK_ERR(diff_paths(&r, folder, "/dev/null", NULL, arena, &e), e, ERR_USAGE);
	CHECK_ERR(diff_paths(&r, "/nonexistent", folder, NULL, arena, &e), e, ERR_NOTFOUND);
}

int main(void)
{
	struct err e;

	CHECK(mkdtemp(folder));
	umask(022);
	top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(top >= 0);
	test_folders();
	test_xattrs();
	test_files();
	close(top);
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_end();
}
