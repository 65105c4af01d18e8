#include "trust/tlog_tile.h"

#include "test.h"

/* Paths of the format's own text. */
static void paths(void)
{
	static const struct {
		struct tlog_tile tile;
		const char *path;
	} good[] = {
		{ { 0, 0, 256 }, "tile/0/000" },
		{ { 1, 1000, 256 }, "tile/1/x001/000" },
		{ { 0, 1234067, 256 }, "tile/0/x001/x234/067" },
		{ { 2, 5, 17 }, "tile/2/005.p/17" },
		{ { 0, 999, 1 }, "tile/0/999.p/1" },
		{ { 0, 0, 255 }, "tile/0/000.p/255" },
		{ { TLOG_TILE_ENTRIES, 273, 112 }, "tile/entries/273.p/112" },
		{ { 7, MERKLE_SIZE_MAX / 256, 1 }, "tile/7/x018/x014/x398/x509/x481/984.p/1" },
	};
	static const struct tlog_tile bad[] = { { 8, 0, 1 }, { -2, 0, 1 }, { 0, 0, 0 },
		{ 0, 0, 257 }, { 0, MERKLE_SIZE_MAX, 1 }, { 0, MERKLE_SIZE_MAX / 256 + 1, 1 } };
	char out[TLOG_TILE_PATH_MAX];
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK_OK(tlog_tile_path(out, &good[i].tile, &e), e);
		CHECK(!strcmp(out, good[i].path));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(tlog_tile_path(out, &bad[i], &e), e, ERR_USAGE);
}

/* 70000 entries: 273 full tiles and one of 112; one full and one of 17; one of 1. */
static void widths(void)
{
	CHECK(tlog_tile_width(0, 272, 70000) == 256 && tlog_tile_width(0, 273, 70000) == 112);
	CHECK(tlog_tile_width(0, 274, 70000) == 0 &&
		tlog_tile_width(TLOG_TILE_ENTRIES, 273, 70000) == 112);
	CHECK(tlog_tile_width(1, 0, 70000) == 256 && tlog_tile_width(1, 1, 70000) == 17);
	CHECK(tlog_tile_width(2, 0, 70000) == 1 && tlog_tile_width(2, 1, 70000) == 0);
	CHECK(tlog_tile_width(7, 0, UINT64_C(1) << 62) == 64 &&
		tlog_tile_width(8, 0, UINT64_MAX) == 0);
	CHECK(tlog_tile_width(0, 0, 255) == 255 && tlog_tile_width(0, 0, 1) == 1 &&
		tlog_tile_width(0, 0, 257) == 256 && tlog_tile_width(0, 1, 257) == 1);
	CHECK(tlog_tile_width(3, 0, 70000) == 0 && tlog_tile_width(0, 0, 0) == 0);
	CHECK(tlog_tile_width(0, 0, 256) == 256 && tlog_tile_width(0, 1, 256) == 0 &&
		tlog_tile_width(1, 0, 256) == 1);
}

/* A log of 700 entries whose tiles are kept as files would be; proofs out of tiles are those of the tree. */
enum { SIZE = 700, LEVELS = 2, TILES = 3 };
static uint8_t tiles[LEVELS][TILES][TLOG_TILE_WIDTH * MERKLE_HASH_SIZE];
static struct merkle_hash leaves[SIZE];

static struct merkle_hash tree_of(const struct merkle_hash *l, size_t n)
{
	size_t k = 1;
	struct merkle_hash left, right;

	if (n == 1)
		return l[0];
	while (k * 2 < n)
		k *= 2;
	left = tree_of(l, k);
	right = tree_of(l + k, n - k);
	return merkle_node(&left, &right);
}

static bool out_of_tiles(
	struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e)
{
	struct tlog_tile_part part;
	uint64_t size = *(uint64_t *)of;

	return tlog_tile_of(&part, level, at, size, e) &&
	       tlog_tile_hash(ret, &part,
		       span_make(tiles[part.tile.level][part.tile.at],
			       part.tile.width * MERKLE_HASH_SIZE),
		       e);
}

static void proofs(void)
{
	struct err e = { 0 };

	for (size_t i = 0; i < SIZE; i++) {
		uint8_t entry[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		leaves[i] = merkle_leaf(SPAN_OF(entry));
		memcpy(tiles[0][i / 256] + i % 256 * MERKLE_HASH_SIZE, leaves[i].bytes,
			MERKLE_HASH_SIZE);
	}
	for (size_t i = 0; i < SIZE / 256; i++)
		memcpy(tiles[1][0] + i * MERKLE_HASH_SIZE, tree_of(leaves + i * 256, 256).bytes,
			MERKLE_HASH_SIZE);
	for (uint64_t size = 1; size <= SIZE; size += size < 20 ? 1 : 53) {
		struct merkle_hash root, want = tree_of(leaves, size);

		CHECK_OK(merkle_root(&root, size, out_of_tiles, &size, &e), e);
		CHECK(merkle_equal(&root, &want));
		for (uint64_t at = 0; at < size; at += 1 + size / 7) {
			struct merkle_hash old = tree_of(leaves, at + 1);
			struct merkle_proof p;

			CHECK_OK(merkle_prove_inclusion(&p, at, size, out_of_tiles, &size, &e), e);
			CHECK_OK(merkle_check_inclusion(&leaves[at], at, size, &p, &root, &e), e);
			CHECK_OK(
				merkle_prove_consistency(&p, at + 1, size, out_of_tiles, &size, &e),
				e);
			CHECK_OK(merkle_check_consistency(at + 1, &old, size, &root, &p, &e), e);
		}
	}
}

static void refuses(void)
{
	struct tlog_tile_part part;
	struct merkle_hash h;
	struct err e = { 0 };

	CHECK_ERR(tlog_tile_of(&part, 0, 700, 700, &e), e, ERR_USAGE);
	CHECK_ERR(tlog_tile_of(&part, 3, 87, 700, &e), e, ERR_USAGE);
	CHECK_ERR(tlog_tile_of(&part, 63, 0, UINT64_MAX, &e), e, ERR_USAGE);
	CHECK_OK(tlog_tile_of(&part, 3, 86, 700, &e), e);
	CHECK(part.tile.level == 0 && part.tile.at == 2 && part.tile.width == 188 &&
		part.first == 176 && part.n == 8);
	CHECK_ERR(tlog_tile_hash(&h, &part, span_make(tiles[0][2], 187 * MERKLE_HASH_SIZE), &e), e,
		ERR_FORMAT);
	CHECK_OK(tlog_tile_of(&part, 8, 1, 700, &e), e);
	CHECK(part.tile.level == 1 && part.first == 1 && part.n == 1);
	CHECK_OK(tlog_tile_of(&part, 61, 1, MERKLE_SIZE_MAX, &e), e);
	CHECK(part.tile.level == 7 && part.tile.at == 0 && part.first == 32 && part.n == 32);
	CHECK_ERR(tlog_tile_of(&part, 61, 2, UINT64_MAX, &e), e, ERR_USAGE);
	CHECK_ERR(tlog_tile_of(&part, 62, 0, MERKLE_SIZE_MAX, &e), e, ERR_USAGE);
	CHECK_OK(tlog_tile_of(&part, 0, MERKLE_SIZE_MAX - 1, MERKLE_SIZE_MAX, &e), e);
	CHECK(part.tile.at == MERKLE_SIZE_MAX / 256 - 1 && part.tile.width == 256 &&
		part.first == 255);
	CHECK_ERR(tlog_tile_of(&part, 0, MERKLE_SIZE_MAX, UINT64_MAX, &e), e, ERR_USAGE);
	/* Parts that a tile has not, and one that is the tile's very end. */
	part = (struct tlog_tile_part){
		.tile = { .level = 0, .at = 2, .width = 188 }, .first = 184, .n = 4
	};
	CHECK_OK(tlog_tile_hash(&h, &part, span_make(tiles[0][2], 188 * MERKLE_HASH_SIZE), &e), e);
	CHECK_ERR(tlog_tile_hash(&h, &part, span_make(tiles[0][2], 189 * MERKLE_HASH_SIZE), &e), e,
		ERR_FORMAT);
	part.first = 185;
	CHECK_ERR(tlog_tile_hash(&h, &part, span_make(tiles[0][2], 188 * MERKLE_HASH_SIZE), &e), e,
		ERR_FORMAT);
	part = (struct tlog_tile_part){ .tile = { .width = 256 }, .n = 128 };
	CHECK_OK(tlog_tile_hash(&h, &part, SPAN_OF(tiles[0][0]), &e), e);
	part.n = 256;
	CHECK_ERR(tlog_tile_hash(&h, &part, SPAN_OF(tiles[0][0]), &e), e, ERR_FORMAT);
}

static void entries(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(TLOG_TILE_ENTRIES_SIZE_MAX), small = buf_init(4);
	static uint8_t big[TLOG_TILE_ENTRY_MAX + 1];
	struct span s;
	struct err e = { 0 };

	CHECK_OK(tlog_tile_put_entry(&b, str_span(STR("one")), &e), e);
	CHECK_OK(tlog_tile_put_entry(&b, span_make(NULL, 0), &e), e);
	CHECK_OK(tlog_tile_put_entry(&b, span_make(big, TLOG_TILE_ENTRY_MAX), &e), e);
	CHECK_ERR(tlog_tile_put_entry(&b, SPAN_OF(big), &e), e, ERR_LIMIT);
	CHECK_OK(tlog_tile_entry(&s, buf_span(&b), 3, 0, &e), e);
	CHECK(span_equal(s, str_span(STR("one"))));
	CHECK_OK(tlog_tile_entry(&s, buf_span(&b), 3, 2, &e), e);
	CHECK(s.n == TLOG_TILE_ENTRY_MAX);
	CHECK_ERR(tlog_tile_entry(&s, buf_span(&b), 3, 3, &e), e, ERR_FORMAT);
	CHECK_ERR(tlog_tile_entry(&s, buf_span(&b), 2, 0, &e), e, ERR_FORMAT);
	CHECK_ERR(tlog_tile_entry(&s, buf_span(&b), 4, 0, &e), e, ERR_FORMAT);
	CHECK_ERR(tlog_tile_entry(&s, span_make(b.p, b.n - 1), 3, 0, &e), e, ERR_FORMAT);
	CHECK_OK(tlog_tile_entry(&s, buf_span(&b), 3, 1, &e), e);
	CHECK(s.n == 0);
	CHECK_ERR(tlog_tile_put_entry(&small, str_span(STR("one")), &e), e, ERR_LIMIT);
}

int main(void)
{
	paths();
	widths();
	proofs();
	refuses();
	entries();
	return test_end();
}
