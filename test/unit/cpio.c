#include "image/cpio.h"

#include "image/stream.h"
#include "image_trees.h"
#include "test.h"

static bool emit(const struct tree *t, struct buf *out, struct err *e)
{
	struct stream_buf s;

	stream_buf_init(&s, out, "cpio");
	return cpio_emit(t, &s.sink, e);
}

/* Beyond what newc can say; folders in the tests have a time of their own. */
static const int64_t latest = INT64_MAX;

static struct tree *with(struct node n)
{
	struct node folder = { .path = STR(""),
		.kind = NODE_FOLDER,
		.mode = 0755,
		.mtime_unix = 1,
		.origin = STR("test") };
	struct tree *t = tree_new(1 << 20);
	struct err e = { 0 };

	n.path = STR("x");
	n.origin = STR("test");
	n.mtime_unix = n.mtime_unix ? n.mtime_unix : 1;
	CHECK_OK(tree_add(t, &folder, &e) && tree_add(t, &n, &e), e);
	CHECK_OK(tree_finish(t, latest, &e), e);
	return t;
}

static void refuses(struct node n, enum err_kind want)
{
	CLEANUP(tree_freep) struct tree *t = with(n);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	struct err e = { 0 };

	CHECK_ERR(emit(t, &b, &e), e, want);
}

/* The whole archive of a root with one file "x" that holds "hello". */
static const char want[] = "070701"
			   "00000001"
			   "000041ED"
			   "00000000"
			   "00000000"
			   "00000002"
			   "00000001"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000002"
			   "00000000"
			   ".\0"
			   "070701"
			   "00000002"
			   "000081A4"
			   "00000001"
			   "00010000"
			   "00000001"
			   "65000000"
			   "00000005"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000002"
			   "00000000"
			   "x\0"
			   "hello\0\0\0"
			   "070701"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000001"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000000"
			   "00000000"
			   "0000000B"
			   "00000000"
			   "TRAILER!!!";

static void small(void)
{
	struct node n = { .kind = NODE_FILE, .mode = 0644, .uid = 1, .gid = 65536 };
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	CLEANUP(tree_freep) struct tree *t = NULL;
	struct content_memory m;
	struct err e = { 0 };

	n.mtime_unix = 0x65000000;
	content_of_memory(&n.content, &m, str_span(STR("hello")));
	t = with(n);
	CHECK_OK(emit(t, &b, &e), e);
	CHECK(b.n == 512 && cpio_size(t) == 512);
	CHECK(b.n > sizeof want && memcmp(b.p, want, sizeof want) == 0);
	for (size_t i = sizeof want; i < b.n; i++)
		CHECK(!b.p[i]);
}

int main(void)
{
	struct xattr x = { STR("user.a"), { NULL, 0 } };
	struct content_memory no = { 0 };
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(buf_done) struct buf b = buf_init(64 << 20);
	struct err e = { 0 };

	small();
	refuses((struct node){ .kind = NODE_FILE, .xattrs = &x, .n_xattrs = 1 }, ERR_FORMAT);
	refuses((struct node){ .kind = NODE_FIFO, .mtime_unix = -1 }, ERR_FORMAT);
	refuses((struct node){ .kind = NODE_FIFO, .mtime_unix = 4294967296 }, ERR_FORMAT);
	refuses((struct node){ .kind = NODE_FILE, .content = { &no.source, 0, 4294967296, { 0 } } },
		ERR_LIMIT);
	CHECK_OK(image_trees_all_shapes(&t, false, &e), e);
	CHECK_OK(emit(t, &b, &e), e);
	CHECK(b.n == cpio_size(t));
	return test_end();
}
