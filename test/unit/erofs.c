#include "image/erofs.h"

#include "image/stream.h"
#include "image_trees.h"
#include "test.h"

/* Takes `left` writes, then fails. */
struct tired {
	struct sink sink;
	unsigned left;
};

static bool tired_write(struct sink *s, const void *p, size_t n, struct err *e)
{
	(void)p;
	(void)n;
	return ((struct tired *)s)->left-- > 0 || err_set(e, ERR_IO, "tired");
}

static bool emit(const struct tree *t, uint8_t sha256[SHA256_SIZE], struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct erofs_options o = { .build_time_unix = 5, .volume = "fifteen-letters" };
	struct stream_hash s;

	stream_hash_init(&s, h, NULL);
	if (!erofs_plan(&p, t, &o, e) || !erofs_emit(p, &s.sink, e))
		return false;
	hasher_end(h, sha256);
	CHECK(s.size == erofs_size(p) && s.size % EROFS_BLOCK == 0);
	return true;
}

/* A tree of the root and one node. */
static struct tree *with(struct node n)
{
	struct node folder = { .path = STR(""), .kind = NODE_FOLDER, .origin = STR("test") };
	struct tree *t = tree_new(1 << 20);
	struct err e = { 0 };

	n.path = STR("x");
	n.origin = STR("test");
	CHECK_OK(tree_add(t, &folder, &e) && tree_add(t, &n, &e) && tree_finish(t, 0, &e), e);
	return t;
}

static void refuses_node(struct node n, enum err_kind want)
{
	CLEANUP(tree_freep) struct tree *t = with(n);
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct erofs_options o = { 0 };
	struct err e = { 0 };

	CHECK_ERR(erofs_plan(&p, t, &o, &e), e, want);
	CHECK(!p);
}

static void refuses(void)
{
	static const char *const names[] = { "user.", "system.posix_acl_accessx", "security",
		"btrfs.x", "trusted." };
	static uint8_t value[60000];
	struct xattr many[5];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct xattr x = { str_of(names[i]), SPAN_OF("v") };

		refuses_node((struct node){ .kind = NODE_FILE, .xattrs = &x, .n_xattrs = 1 },
			ERR_FORMAT);
	}
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (struct xattr){ str_make("user.abcde", 6 + i), SPAN_OF(value) };
	refuses_node((struct node){ .kind = NODE_FILE, .xattrs = many, .n_xattrs = 5 }, ERR_LIMIT);
	refuses_node((struct node){ .kind = NODE_CHARDEV, .dev_major = 4096 }, ERR_LIMIT);
	refuses_node((struct node){ .kind = NODE_BLOCKDEV, .dev_minor = 1 << 20 }, ERR_LIMIT);
}

static void refuses_volume(void)
{
	CLEANUP(tree_freep) struct tree *t = with((struct node){ .kind = NODE_FILE });
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct erofs_options o = { .volume = "sixteen--letters" };
	struct err e = { 0 };

	CHECK_ERR(erofs_plan(&p, t, &o, &e), e, ERR_LIMIT);
}

static void sinks_that_fail(void)
{
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct erofs_options o = { 0 };
	struct err e = { 0 };
	unsigned left = 0;

	CHECK_OK(image_trees_all_shapes(&t, true, &e), e);
	CHECK_OK(erofs_plan(&p, t, &o, &e), e);
	for (;; left++) {
		struct tired s = { { tired_write }, left };

		e = (struct err){ 0 };
		if (erofs_emit(p, &s.sink, &e))
			break;
		CHECK(e.kind == ERR_IO && strcmp(e.text, "tired") == 0);
	}
	CHECK(left >= (erofs_size(p) + CONTENT_PIECE - 1) / CONTENT_PIECE);
}

/* Parts written last first, each at its place, are the image. */
static void parts_in_any_order(void)
{
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct erofs_options o = { .volume = "parts" };
	struct err e = { 0 };
	uint8_t whole[SHA256_SIZE], again[SHA256_SIZE];
	uint8_t *bytes;
	size_t n;

	CHECK_OK(image_trees_all_shapes(&t, true, &e), e);
	CHECK_OK(erofs_plan(&p, t, &o, &e), e);
	bytes = malloc(erofs_size(p));
	n = erofs_n_parts(p);
	CHECK(n > 1 && erofs_part_at(p, 0) == 0 && erofs_part_at(p, n) == erofs_size(p));
	for (size_t i = n; i-- > 0;) {
		CLEANUP(buf_done) struct buf b = buf_init(erofs_size(p));
		struct stream_buf to;

		stream_buf_init(&to, &b, "part");
		CHECK_OK(erofs_emit_part(p, i, &to.sink, &e), e);
		CHECK(b.n == erofs_part_at(p, i + 1) - erofs_part_at(p, i));
		memcpy(bytes + erofs_part_at(p, i), b.p, b.n);
	}
	sha256_of(again, span_make(bytes, erofs_size(p)));
	free(bytes);
	{
		CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
		struct stream_hash s;

		stream_hash_init(&s, h, NULL);
		CHECK_OK(erofs_emit(p, &s.sink, &e), e);
		hasher_end(h, whole);
	}
	CHECK(memcmp(whole, again, sizeof whole) == 0);
}

static bool broken_read(
	const struct content_source *s, uint64_t at, void *dst, size_t n, struct err *e)
{
	(void)s;
	(void)dst;
	return at + n < 5000 || err_set(e, ERR_IO, "broken");
}

static void contents_that_fail(void)
{
	struct content_source broken = { broken_read };
	struct node n = { .kind = NODE_FILE, .content = { &broken, 0, 9000, { 0 } } };
	CLEANUP(tree_freep) struct tree *t = with(n);
	uint8_t sha256[SHA256_SIZE];
	struct err e = { 0 };

	CHECK_ERR(emit(t, sha256, &e), e, ERR_IO);
}

int main(void)
{
	CLEANUP(tree_freep) struct tree *a = NULL, *b = NULL;
	uint8_t first[SHA256_SIZE] = { 0 }, second[SHA256_SIZE] = { 1 };
	struct err e = { 0 };

	CHECK_OK(image_trees_all_shapes(&a, true, &e), e);
	CHECK_OK(image_trees_all_shapes(&b, true, &e), e);
	CHECK_OK(emit(a, first, &e), e);
	CHECK_OK(emit(b, second, &e), e);
	CHECK(memcmp(first, second, SHA256_SIZE) == 0);
	refuses();
	refuses_volume();
	sinks_that_fail();
	parts_in_any_order();
	contents_that_fail();
	return test_end();
}
