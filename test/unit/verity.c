#include "image/verity.h"

#include "base/hex.h"
#include "base/mem.h"
#include "image/stream.h"
#include "test.h"

enum { PER_BLOCK = 128, TREE_MAX = 16 << 20 };

static const uint8_t salt[5] = { 9, 8, 7, 6, 5 };

static uint8_t *data_of(size_t n)
{
	uint8_t *p = mem_alloc(n);

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 31 + i / 4096);
	return p;
}

static void salted(uint8_t *ret, const uint8_t *block)
{
	uint8_t both[sizeof salt + VERITY_BLOCK];

	memcpy(both, salt, sizeof salt);
	memcpy(both + sizeof salt, block, VERITY_BLOCK);
	sha256_of(ret, SPAN_OF(both));
}

/* The definition, recursively: digests of n blocks make blocks; the level above comes first in the tree. */
static void reference(const uint8_t *blocks, size_t n, struct buf *tree, uint8_t *root)
{
	size_t above = (n + PER_BLOCK - 1) / PER_BLOCK;
	CLEANUP(mem_free) uint8_t *level = mem_array(above, VERITY_BLOCK);

	if (n == 1) {
		salted(root, blocks);
		return;
	}
	for (size_t i = 0; i < n; i++)
		salted(level + i * SHA256_SIZE, blocks + i * VERITY_BLOCK);
	reference(level, above, tree, root);
	buf_add(tree, level, above * VERITY_BLOCK);
}

static bool run(const uint8_t *data, size_t n, size_t piece, struct buf *passed, struct buf *tree,
	uint8_t *root, struct err *e)
{
	CLEANUP(verity_freep) struct verity *v = NULL;
	struct stream_buf next, hashes;

	stream_buf_init(&next, passed, "data");
	stream_buf_init(&hashes, tree, "tree");
	if (!verity_new(&v, n, SPAN_OF(salt), &next.sink, e))
		return false;
	for (size_t at = 0; at < n; at += piece)
		if (!sink_write(verity_sink(v), data + at, n - at < piece ? n - at : piece, e))
			return false;
	return verity_finish(v, &hashes.sink, root, e);
}

static void agrees(size_t blocks, size_t piece)
{
	size_t n = blocks * VERITY_BLOCK;
	CLEANUP(mem_free) uint8_t *data = data_of(n);
	struct buf passed = buf_init(n), tree = buf_init(TREE_MAX), want = buf_init(TREE_MAX);
	uint8_t root[SHA256_SIZE] = { 0 }, want_root[SHA256_SIZE];
	struct err e = { 0 };

	reference(data, blocks, &want, want_root);
	CHECK_OK(run(data, n, piece, &passed, &tree, root, &e), e);
	CHECK(memcmp(root, want_root, sizeof root) == 0);
	CHECK(span_equal(buf_span(&tree), buf_span(&want)));
	CHECK(span_equal(buf_span(&passed), span_make(data, n)));
	CHECK(verity_tree_size(n) == tree.n);
	buf_done(&passed);
	buf_done(&tree);
	buf_done(&want);
}

static void refuses(void)
{
	CLEANUP(mem_free) uint8_t *data = data_of(3 * VERITY_BLOCK);
	CLEANUP(verity_freep) struct verity *v = NULL;
	uint8_t root[SHA256_SIZE], long_salt[VERITY_SALT_MAX + 1] = { 0 };
	struct span none = { 0 };
	struct err e = { 0 };

	CHECK_ERR(verity_new(&v, 0, none, NULL, &e), e, ERR_FORMAT);
	CHECK_ERR(verity_new(&v, 4095, none, NULL, &e), e, ERR_FORMAT);
	CHECK_ERR(verity_new(&v, VERITY_DATA_MAX + 4096, none, NULL, &e), e, ERR_LIMIT);
	CHECK_ERR(verity_new(&v, 4096, SPAN_OF(long_salt), NULL, &e), e, ERR_LIMIT);
	CHECK_OK(verity_new(&v, 2 * VERITY_BLOCK, none, NULL, &e), e);
	CHECK_ERR(verity_finish(v, NULL, root, &e), e, ERR_FORMAT);
	CHECK_OK(sink_write(verity_sink(v), data, 2 * VERITY_BLOCK - 1, &e), e);
	CHECK_ERR(verity_finish(v, NULL, root, &e), e, ERR_FORMAT);
	CHECK_ERR(sink_write(verity_sink(v), data, 2, &e), e, ERR_FORMAT);
	CHECK_OK(sink_write(verity_sink(v), data, 1, &e), e);
	CHECK_ERR(sink_write(verity_sink(v), data, 1, &e), e, ERR_FORMAT);
	CHECK_OK(verity_finish(v, NULL, root, &e), e);
}

static void tables(void)
{
	struct buf b = buf_init(1000);
	uint8_t root[SHA256_SIZE] = { 0xab };

	verity_table(&b, "A", "B", 8192, root, SPAN_OF(salt));
	CHECK(str_is(buf_str(&b),
		"1 A B 4096 4096 2 0 sha256 "
		"ab00000000000000000000000000000000000000000000000000000000000000 0908070605"));
	b.n = 0;
	verity_table(&b, "A", "B", 4096, root, (struct span){ 0 });
	CHECK(str_ends(buf_str(&b), "00 -"));
	buf_done(&b);
}

int main(void)
{
	static const size_t blocks[] = { 1, 2, 127, 128, 129, 1000 };

	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		agrees(blocks[i], VERITY_BLOCK);
		agrees(blocks[i], 5000);
		agrees(blocks[i], 1 << 20);
	}
	agrees(3, 1);
	agrees(PER_BLOCK * PER_BLOCK + 1, 1 << 20);
	CHECK(verity_tree_size(UINT64_C(1) << 40) == UINT64_C(4096) * (2097152 + 16384 + 128 + 1));
	refuses();
	tables();
	return test_end();
}
