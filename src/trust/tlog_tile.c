#include "trust/tlog_tile.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/rd.h"
#include "base/banned.h"

enum { BITS = 8, GROUP = 1000, GROUPS_MAX = 7 };

/* "x001/x234/067" */
static void put_number(struct buf *b, uint64_t at)
{
	unsigned groups[GROUPS_MAX];
	size_t n = 0;

	do {
		groups[n++] = (unsigned)(at % GROUP);
		at /= GROUP;
	} while (at);
	while (n--)
		buf_printf(b, n ? "x%03u/" : "%03u", groups[n]);
}

static bool is_tile(const struct tlog_tile *t)
{
	return t->level >= TLOG_TILE_ENTRIES && t->level < TLOG_TILE_LEVELS && t->width >= 1 &&
	       t->width <= TLOG_TILE_WIDTH && t->at <= MERKLE_SIZE_MAX / TLOG_TILE_WIDTH;
}

bool tlog_tile_path(char out[static TLOG_TILE_PATH_MAX], const struct tlog_tile *t, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(TLOG_TILE_PATH_MAX - 1);

	if (!is_tile(t))
		return err_set(
			e, ERR_USAGE, "there is no tile %" PRIu64 " of level %d", t->at, t->level);
	if (t->level == TLOG_TILE_ENTRIES)
		buf_add_cstr(&b, "tile/entries/");
	else
		buf_printf(&b, "tile/%d/", t->level);
	put_number(&b, t->at);
	if (t->width < TLOG_TILE_WIDTH)
		buf_printf(&b, ".p/%u", t->width);
	if (!buf_ok(&b))
		return buf_full(&b, "path of a tile", e);
	memcpy(out, b.p, b.n);
	out[b.n] = '\0';
	return true;
}

unsigned tlog_tile_width(int level, uint64_t at, uint64_t size)
{
	unsigned shift = level == TLOG_TILE_ENTRIES ? 0 : BITS * (unsigned)level;
	uint64_t hashes = shift < 64 ? size >> shift : 0;

	if (at >= (hashes + TLOG_TILE_WIDTH - 1) / TLOG_TILE_WIDTH)
		return 0;
	hashes -= at * TLOG_TILE_WIDTH;
	return hashes < TLOG_TILE_WIDTH ? (unsigned)hashes : TLOG_TILE_WIDTH;
}

bool tlog_tile_of(
	struct tlog_tile_part *ret, unsigned level, uint64_t at, uint64_t size, struct err *e)
{
	struct tlog_tile_part p;
	unsigned within = level % BITS;
	uint64_t first;

	if (level >= 62 || at >= MERKLE_SIZE_MAX >> level || size >> level <= at)
		return err_set(e, ERR_USAGE,
			"a log of %" PRIu64 " entries has no subtree %" PRIu64 " of level %u", size,
			at, level);
	first = at << within;
	p.tile = (struct tlog_tile){ .level = (int)(level / BITS), .at = first / TLOG_TILE_WIDTH };
	p.tile.width = tlog_tile_width(p.tile.level, p.tile.at, size);
	p.first = (unsigned)(first % TLOG_TILE_WIDTH);
	p.n = 1U << within;
	*ret = p;
	return true;
}

bool tlog_tile_hash(
	struct merkle_hash *ret, const struct tlog_tile_part *part, struct span tile, struct err *e)
{
	struct merkle_hash h[TLOG_TILE_WIDTH / 2];
	unsigned n = part->n;

	if (tile.n != (size_t)part->tile.width * MERKLE_HASH_SIZE ||
		part->first + n > part->tile.width || n > ARRAY_LEN(h))
		return err_set(e, ERR_FORMAT, "tile of %zu bytes, want %u hashes", tile.n,
			part->tile.width);
	for (unsigned i = 0; i < n; i++)
		memcpy(h[i].bytes, tile.p + (size_t)(part->first + i) * MERKLE_HASH_SIZE,
			MERKLE_HASH_SIZE);
	for (; n > 1; n /= 2)
		for (unsigned i = 0; i < n / 2; i++)
			h[i] = merkle_node(&h[2 * i], &h[2 * i + 1]);
	*ret = h[0];
	return true;
}

bool tlog_tile_put_entry(struct buf *out, struct span entry, struct err *e)
{
	if (entry.n > TLOG_TILE_ENTRY_MAX)
		return err_set(e, ERR_LIMIT, "entry of %zu bytes, a log takes at most %d", entry.n,
			TLOG_TILE_ENTRY_MAX);
	buf_u16be(out, (uint16_t)entry.n);
	buf_add(out, entry.p, entry.n);
	return buf_ok(out) || buf_full(out, "tile with entries", e);
}

bool tlog_tile_entry(struct span *ret, struct span tile, unsigned width, unsigned at, struct err *e)
{
	struct rd r = rd_of(tile);
	struct span found = { 0 };

	if (at >= width)
		return err_set(e, ERR_FORMAT, "a tile of %u entries has no entry %u", width, at);
	for (unsigned i = 0; i < width; i++) {
		struct span entry = rd_bytes(&r, rd_u16be(&r));

		if (i == at)
			found = entry;
	}
	if (!rd_ok(&r))
		return rd_truncated(&r, "tile with entries", e);
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT, "tile with entries: %zu bytes too many", rd_left(&r));
	*ret = found;
	return true;
}
