#include "diff/cpio_read.h"

#include "../fuzz/volumes_made.h"
#include "base/buf.h"
#include "image/cpio.h"
#include "image/stream.h"
#include "image_trees.h"
#include "members_check.h"
#include "test.h"

static void add_archive(struct buf *b, const struct tree *t)
{
	struct stream_buf to;
	struct err e = { 0 };

	stream_buf_init(&to, b, "archive");
	CHECK_OK(cpio_emit(t, &to.sink, &e), e);
}

/* The bytes of names of one inode stand with the last of them. */
static bool same(void *ctx, const struct diff_member *m, const struct node *n)
{
	return members_same_head(m, n) && (n->kind != NODE_FILE || (n->inode && !m->size) ||
						  members_same_content(ctx, m, &n->content));
}

static void all_shapes(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(64 << 20);
	CLEANUP(tree_freep) struct tree *t = NULL;
	struct diff_members all = { 0 };
	struct diff_bytes src;
	struct err e = { 0 };

	CHECK_OK(image_trees_all_shapes(&t, false, &e), e);
	add_archive(&b, t);
	src = diff_bytes_of(buf_span(&b));
	CHECK_OK(cpio_read(&all, &src, a, &e), e);
	members_check(&all, t, same, &src);
	CHECK(all.end == b.n && all.numbered && all.list[0].inode == 1);
}

static bool read_of(struct diff_members *ret, const struct buf *b, struct arena *a, struct err *e)
{
	struct diff_bytes src = diff_bytes_of(buf_span(b));

	return cpio_read(ret, &src, a, e);
}

/* An early microcode archive, zeros, another archive, and what is compressed behind them. */
static void behind_each_other(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct diff_members all = { 0 };
	struct diff_bytes src;
	struct err e = { 0 };
	size_t end;

	volumes_made_cpio(&b, "kernel/x86/microcode/AuthenticAMD.bin", 0100644, "microcode");
	volumes_made_cpio(&b, "TRAILER!!!", 0, "");
	buf_align(&b, 512);
	volumes_made_cpio(&b, ".", 040755, "");
	volumes_made_cpio(&b, "./init", 0100755, "#!/bin/sh");
	volumes_made_cpio(&b, "/init", 0120777, "sh");
	volumes_made_cpio(&b, "TRAILER!!!", 0, "");
	buf_align(&b, 512);
	end = b.n;
	CHECK_OK(read_of(&all, &b, a, &e), e);
	CHECK(all.n == 4 && all.end == b.n);
	buf_add_cstr(&b, "\x28\xb5\x2f\xfd and so on");
	CHECK_OK(read_of(&all, &b, a, &e), e);
	src = diff_bytes_of(buf_span(&b));
	CHECK(all.n == 4 && all.end == end);
	CHECK(str_is(all.list[0].path, "kernel/x86/microcode/AuthenticAMD.bin"));
	CHECK(members_holds(&src, &all.list[0], span_make("microcode", 9)));
	CHECK(str_is(all.list[1].path, "") && all.list[1].kind == DIFF_MEMBER_FOLDER);
	CHECK(str_is(all.list[2].path, "init") && all.list[2].uid == 1 && all.list[2].gid == 2);
	CHECK(str_is(all.list[3].path, "init") && str_is(all.list[3].target, "sh"));
	CHECK(str_is(
		members_fact(all.list[3].facts, all.list[3].n_facts, "device it was on"), "8:9"));
}

static void refuses(const char *name, unsigned mode, size_t at, char c, enum err_kind kind)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct diff_members all = { 0 };
	struct err e = { 0 };

	volumes_made_cpio(&b, name, mode, "body");
	volumes_made_cpio(&b, "TRAILER!!!", 0, "");
	if (c)
		b.p[at] = (uint8_t)c;
	CHECK_ERR(read_of(&all, &b, a, &e), e, kind);
	CHECK(!all.list);
}

static void hostile(void)
{
	CLEANUP(buf_done) struct buf name = buf_init(8192);

	refuses("x", 0100644, 0, '1', ERR_FORMAT);   /* magic */
	refuses("x", 0100644, 20, 'g', ERR_FORMAT);  /* no digit */
	refuses("x", 0100644, 54, 'f', ERR_FORMAT);  /* a content of 3.75 GiB */
	refuses("x", 0100644, 94, 'f', ERR_FORMAT);  /* a name of 3.75 GiB */
	refuses("x", 0100644, 101, '1', ERR_FORMAT); /* a name of one byte */
	refuses("x", 0100644, 111, 'x', ERR_FORMAT); /* a name without its NUL */
	refuses("x", 0070644, 0, 0, ERR_FORMAT);     /* a mode of no kind */
	buf_fill(&name, 'n', 4096);
	buf_u8(&name, 0);
	refuses((const char *)name.p, 0100644, 0, 0, ERR_FORMAT);
}

/* An archive that is cut at any place is none, but for the zeros at its end. */
static void cut(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);

	volumes_made_cpio(&b, "x", 0100644, "body");
	volumes_made_cpio(&b, "TRAILER!!!", 0, "");
	for (size_t n = b.n; n-- > 0;) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
		struct diff_bytes src = diff_bytes_of(span_make(b.p, n));
		struct diff_members all = { 0 };
		struct err e = { 0 };

		if (n + 4 > b.n)
			continue;
		CHECK_ERR(cpio_read(&all, &src, a, &e), e, ERR_FORMAT);
	}
}

int main(void)
{
	all_shapes();
	behind_each_other();
	hostile();
	cut();
	return test_end();
}
