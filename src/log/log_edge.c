#include "log/log_edge.h"

#include <string.h>

#include "log/log_reader.h"
#include "base/banned.h"

enum { BITS = 8 };

static uint64_t tile_at(const struct log_edge *g, unsigned level)
{
	return g->size >> (BITS * level) >> BITS;
}

static struct span bytes_of(const struct log_edge_tile *t)
{
	return span_make(t->hashes, (size_t)t->n * MERKLE_HASH_SIZE);
}

static bool load_level(
	struct log_edge *g, unsigned level, const struct log_source *from, struct err *e)
{
	struct log_edge_tile *t = &g->tiles[level];
	struct tlog_tile tile = { (int)level, tile_at(g, level), 0 };
	CLEANUP(buf_done) struct buf bytes = { 0 };
	char path[TLOG_TILE_PATH_MAX];

	t->n = (unsigned)(g->size >> (BITS * level)) % TLOG_TILE_WIDTH;
	if (!t->n)
		return true;
	tile.width = t->n;
	if (!tlog_tile_path(path, &tile, e))
		return false;
	if (!log_source_read(from, path, sizeof t->hashes, &bytes, e))
		return err_wrap(e, "log '%s'", from->base);
	if (bytes.n != (size_t)t->n * MERKLE_HASH_SIZE)
		return err_set(e, ERR_FORMAT, "log '%s': '%s' has %zu bytes, want %u hashes",
			from->base, path, bytes.n, t->n);
	memcpy(t->hashes, bytes.p, bytes.n);
	return true;
}

/* A merkle_subtree: those that make up the root all lie in tiles that are not full. */
static bool hash_of(struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e)
{
	const struct log_edge *g = of;
	struct tlog_tile_part part;

	return tlog_tile_of(&part, level, at, g->size, e) &&
	       tlog_tile_hash(ret, &part, bytes_of(&g->tiles[part.tile.level]), e);
}

bool log_edge_root(struct merkle_hash *ret, const struct log_edge *g, struct err *e)
{
	struct log_edge of = *g;

	return merkle_root(ret, g->size, hash_of, &of, e);
}

bool log_edge_load(struct log_edge *ret, const struct log_source *from, uint64_t size,
	const struct merkle_hash *root, struct err *e)
{
	struct log_edge g = { .size = size };
	struct merkle_hash found;

	for (unsigned level = 0; level < TLOG_TILE_LEVELS; level++)
		if (!load_level(&g, level, from, e))
			return false;
	if (!log_edge_root(&found, &g, e))
		return false;
	if (!merkle_equal(&found, root)) {
		err_set(e, ERR_MISMATCH,
			"log '%s': its checkpoint of %llu entries is not that of its tiles",
			from->base, (unsigned long long)size);
		return err_hint(e,
			"nothing is signed for it any more: put the tiles back, or ask those who "
			"follow the log which of the two they have seen");
	}
	*ret = g;
	return true;
}

static struct merkle_hash full_hash(const struct log_edge_tile *t)
{
	struct merkle_hash h[TLOG_TILE_WIDTH];

	memcpy(h, t->hashes, sizeof h);
	for (unsigned n = TLOG_TILE_WIDTH; n > 1; n /= 2)
		for (unsigned i = 0; i < n / 2; i++)
			h[i] = merkle_node(&h[2 * i], &h[2 * i + 1]);
	return h[0];
}

bool log_edge_add(struct log_edge *g, const struct merkle_hash *leaf, log_edge_write *write,
	void *ctx, struct err *e)
{
	struct merkle_hash h = *leaf;

	if (g->size >= MERKLE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "the log is full");
	for (unsigned level = 0; level < TLOG_TILE_LEVELS; level++) {
		struct log_edge_tile *t = &g->tiles[level];
		struct tlog_tile full = { (int)level, tile_at(g, level), TLOG_TILE_WIDTH };

		t->hashes[t->n++] = h;
		t->changed = true;
		if (t->n < TLOG_TILE_WIDTH)
			break;
		if (!write(ctx, &full, bytes_of(t), e))
			return false;
		h = full_hash(t);
		t->n = 0;
		t->changed = false;
	}
	g->size++;
	return true;
}

bool log_edge_flush(struct log_edge *g, log_edge_write *write, void *ctx, struct err *e)
{
	for (unsigned level = 0; level < TLOG_TILE_LEVELS; level++) {
		struct log_edge_tile *t = &g->tiles[level];
		struct tlog_tile tile = { (int)level, tile_at(g, level), t->n };

		if (!t->n || !t->changed)
			continue;
		if (!write(ctx, &tile, bytes_of(t), e))
			return false;
		t->changed = false;
	}
	return true;
}
