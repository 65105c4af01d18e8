#include "diff/erofs_read.h"

#include "base/buf.h"
#include "image/erofs.h"
#include "image/stream.h"
#include "image_trees.h"
#include "members_check.h"
#include "test.h"

static const uint8_t uuid[UUID_SIZE] = { 0x12, 0x34 };

static struct buf image_of(const struct tree *t)
{
	struct erofs_options o = { .build_time_unix = 77, .volume = "a name" };
	struct buf b = buf_init(256 << 20);
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct stream_buf to;
	struct err e = { 0 };

	memcpy(o.uuid, uuid, sizeof uuid);
	stream_buf_init(&to, &b, "image");
	CHECK_OK(erofs_plan(&p, t, &o, &e) && erofs_emit(p, &to.sink, &e), e);
	return b;
}

static bool same(void *ctx, const struct diff_member *m, const struct node *n)
{
	return members_same_head(m, n) && members_same_xattrs(m, n) && !m->not_read.n &&
	       (n->kind != NODE_FILE || members_same_content(ctx, m, &n->content));
}

/* What we write is read as it was given: kinds, owners, xattrs, links of every length, contents around every border. */
static void all_shapes(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(buf_done) struct buf image = { 0 };
	struct diff_members all = { 0 };
	struct diff_bytes src;
	struct err e = { 0 };

	CHECK_OK(image_trees_all_shapes(&t, true, &e), e);
	image = image_of(t);
	src = diff_bytes_of(buf_span(&image));
	CHECK_OK(erofs_read(&all, &src, a, &e), e);
	members_check(&all, t, same, &src);
	CHECK(all.end == image.n && !all.numbered);
	CHECK(str_is(members_fact(all.facts, all.n_facts, "UUID"),
		"12340000-0000-0000-0000-000000000000"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "volume name"), "a name"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "build time"), "77"));
}

/* Names of one inode have one number, and only they. */
static void hard_links(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(buf_done) struct buf image = { 0 };
	const struct diff_member *x, *y, *z;
	struct diff_members all = { 0 };
	struct diff_bytes src;
	struct err e = { 0 };

	CHECK_OK(image_trees_small(&t, &e), e);
	image = image_of(t);
	src = diff_bytes_of(buf_span(&image));
	CHECK_OK(erofs_read(&all, &src, a, &e), e);
	x = members_find(&all, "bin/a");
	y = members_find(&all, "dev/b");
	z = members_find(&all, "bin/su");
	CHECK(x && y && z && x->inode == y->inode && x->inode != z->inode && x->n_links == 2);
	CHECK(x->extents == y->extents && x->at == y->at && x->head_size == 64);
}

/* Where the inode of a member stands, which has no xattrs. */
static size_t inode_at(const struct buf *image, struct arena *a, const char *path)
{
	struct diff_bytes src = diff_bytes_of(buf_span(image));
	struct diff_members all = { 0 };
	struct err e = { 0 };

	CHECK_OK(erofs_read(&all, &src, a, &e), e);
	return (size_t)members_find(&all, path)->at;
}

static void refuses(const struct buf *image, size_t at, uint32_t v, enum err_kind kind)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	uint8_t was[4];
	struct diff_bytes src = diff_bytes_of(buf_span(image));
	struct diff_members all = { 0 };
	struct err e = { 0 };

	memcpy(was, image->p + at, 4);
	put_u32le(image->p + at, v);
	CHECK_ERR(erofs_read(&all, &src, a, &e), e, kind);
	CHECK(!all.list);
	memcpy(image->p + at, was, 4);
}

static void hostile(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20), *small = arena_new(2000);
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(buf_done) struct buf image = { 0 };
	struct diff_members all = { 0 };
	struct diff_bytes src;
	const struct diff_member *x, *y;
	size_t file, other;
	struct err e = { 0 };

	CHECK_OK(image_trees_small(&t, &e), e);
	image = image_of(t);
	src = diff_bytes_of(buf_span(&image));
	file = inode_at(&image, a, "block");
	other = inode_at(&image, a, "empty.txt");
	refuses(&image, 1024, 0, ERR_FORMAT);           /* magic */
	refuses(&image, 1024 + 12, 40, ERR_FORMAT);     /* size of a block */
	refuses(&image, 1024 + 80, 0x80, ERR_FORMAT);   /* a feature to come */
	refuses(&image, 1024 + 14, 0xffff, ERR_FORMAT); /* the root */
	refuses(&image, file + 8, 1u << 30, ERR_FORMAT);
	refuses(&image, file + 12, 1, ERR_FORMAT);            /* 4 GiB */
	refuses(&image, file + 16, UINT32_MAX, ERR_FORMAT);   /* first block */
	refuses(&image, file, 5 << 1 | 1, ERR_FORMAT);        /* layout */
	refuses(&image, file + 4, 0, ERR_FORMAT);             /* mode */
	refuses(&image, file, 0xffffu << 16 | 1, ERR_FORMAT); /* xattrs */
	/* Two inodes with the same blocks are fine. */
	memcpy(image.p + other, image.p + file, 64);
	CHECK_OK(erofs_read(&all, &src, a, &e), e);
	x = members_find(&all, "block");
	y = members_find(&all, "empty.txt");
	CHECK(x && y && x->size == 4096 && y->size == 4096 && x->extents->at == y->extents->at);
	CHECK_ERR(erofs_read(&all, &src, small, &e), e, ERR_LIMIT);
	src.all.n = 1100;
	CHECK_ERR(erofs_read(&all, &src, a, &e), e, ERR_FORMAT);
}

/* A folder whose entry leads to the root again. */
static void loop(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(buf_done) struct buf image = { 0 };
	struct diff_members all = { 0 };
	struct diff_bytes src;
	struct err e = { 0 };
	size_t root, changed = 0;

	CHECK_OK(image_trees_small(&t, &e), e);
	image = image_of(t);
	src = diff_bytes_of(buf_span(&image));
	root = inode_at(&image, a, "");
	for (size_t at = root + 64; at < root + 64 + 12 * 10; at += 12) {
		struct err none = { 0 };

		if (image.p[at + 10] != 2 || changed++ < 2) /* folders; behind "." and ".." */
			continue;
		memcpy(image.p + at, image.p + root + 64, 8);
		CHECK_ERR(erofs_read(&all, &src, a, &none), none, ERR_FORMAT);
		CHECK(strstr(none.text, "reached twice") != NULL);
		return;
	}
	CHECK(false);
}

int main(void)
{
	all_shapes();
	hard_links();
	hostile();
	loop();
	return test_end();
}
