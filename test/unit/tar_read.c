#include "diff/tar_read.h"

#include "../make_deb.h"
#include "members_check.h"
#include "test.h"

static const char long_name[] =
	"a/name/of/more/than/one/hundred/bytes/so/that/it/does/not/fit/into/the/field/of/the/header/and/"
	"stands/in/a/header/before";

static void kinds(void)
{
	static const struct tar_line lines[] = { { "./", '5', 0755, NULL, NULL },
		{ "./file", '0', 04755, "some text", NULL }, { "./empty", '0', 0600, NULL, NULL },
		{ "./link", '2', 0777, NULL, "file" }, { "./other", '1', 04755, NULL, "./file" },
		{ "./null", '3', 0666, NULL, NULL }, { "./fifo", '6', 0666, NULL, NULL },
		{ long_name, '0', 0644, "long", NULL }, { "/../escape\n", '0', 0644, "x", NULL } };
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = make_tar(lines, ARRAY_LEN(lines));
	struct diff_bytes src = diff_bytes_of(buf_span(&b));
	struct diff_members all = { 0 };
	const struct diff_member *m;
	struct err e = { 0 };

	CHECK_OK(tar_read(&all, &src, a, &e), e);
	if (all.n != ARRAY_LEN(lines)) {
		CHECK(false);
		return;
	}
	m = all.list;
	CHECK(str_is(m[0].path, "") && m[0].kind == DIFF_MEMBER_FOLDER && m[0].mode == 0755);
	CHECK(str_is(m[1].path, "file") && members_holds(&src, &m[1], span_make("some text", 9)));
	CHECK(m[1].at == 512 && m[1].extents->at == 1024 && m[1].mode == 04755);
	CHECK(m[1].mtime_unix == 1000000000);
	CHECK(m[2].kind == DIFF_MEMBER_FILE && !m[2].size && !m[2].n_extents);
	CHECK(m[3].kind == DIFF_MEMBER_LINK && str_is(m[3].target, "file"));
	CHECK(m[4].kind == DIFF_MEMBER_HARDLINK && str_is(m[4].target, "file"));
	CHECK(m[5].kind == DIFF_MEMBER_CHARDEV && m[5].dev_major == 1 && m[5].dev_minor == 3);
	CHECK(m[6].kind == DIFF_MEMBER_FIFO);
	CHECK(str_is(m[7].path, long_name) && members_holds(&src, &m[7], span_make("long", 4)));
	CHECK(str_is(m[8].path, "../escape\n"));
}

static void xattrs_and_times(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	static const struct tar_line line = { "f", '0', 0644, "text", NULL };
	struct diff_bytes src;
	struct diff_members all = { 0 };
	struct err e = { 0 };

	make_tar_pax(&b, "SCHILY.xattr.user.b", "2");
	make_tar_line(&b, &line);
	make_tar_pax(&b, "mtime", "1234567890.5");
	make_tar_line(&b, &line);
	make_tar_pax(&b, "uname", "somebody");
	make_tar_line(&b, &line);
	buf_fill(&b, 0, 1024);
	src = diff_bytes_of(buf_span(&b));
	CHECK_OK(tar_read(&all, &src, a, &e), e);
	CHECK(all.n == 3 && all.list[0].n_xattrs == 1);
	CHECK(str_is(all.list[0].xattrs[0].name, "user.b") &&
		span_equal(all.list[0].xattrs[0].value, span_make("2", 1)));
	CHECK(all.list[1].mtime_unix == 1234567890 && all.list[1].mtime_nanoseconds == 500000000);
	CHECK(str_is(
		members_fact(all.list[2].facts, all.list[2].n_facts, "owner's name"), "somebody"));
}

static void hostile(void)
{
	static const struct tar_line line = { "f", '0', 0644, "text", NULL };
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20), *small = arena_new(10);
	CLEANUP(buf_done) struct buf b = make_tar(&line, 1);
	struct diff_bytes src = diff_bytes_of(buf_span(&b));
	struct diff_members all = { 0 };
	struct err e = { 0 };

	CHECK_ERR(tar_read(&all, &src, small, &e), e, ERR_LIMIT);
	b.p[148] ^= 1; /* the header's sum */
	CHECK_ERR(tar_read(&all, &src, a, &e), e, ERR_FORMAT);
	b.p[148] ^= 1;
	src.all.n = 514;
	CHECK_ERR(tar_read(&all, &src, a, &e), e, ERR_FORMAT);
	CHECK(!all.list);
}

int main(void)
{
	kinds();
	xattrs_and_times();
	hostile();
	return test_end();
}
