/*
 * Where the parts of a log lie among its static files (C2SP tlog-tiles), and what is in them.
 *
 *   checkpoint
 *   tile/L/N[.p/W]         hashes: tile N of level L, 256 of 32 bytes; W of them while it is not full
 *   tile/entries/N[.p/W]   entries: 256 of u16 size, big-endian, and bytes
 *
 * N is written in groups of three digits, all but the last with an x before: 1234067 is x001/x234/067. A hash of tile level L is
 * that of a complete subtree of 256^L leaves; levels of the tree in between follow from those of a tile.
 */
#ifndef ASSAY_TRUST_TLOG_TILE_H
#define ASSAY_TRUST_TLOG_TILE_H

#include "base/buf.h"
#include "trust/merkle.h"

enum {
	TLOG_TILE_WIDTH = 256,
	TLOG_TILE_LEVELS = 8,   /* of tiles: 256^8 leaves are more than MERKLE_SIZE_MAX */
	TLOG_TILE_ENTRIES = -1, /* the level of tiles with entries */
	TLOG_TILE_ENTRY_MAX = 65535,
	TLOG_TILE_PATH_MAX = 64,
	TLOG_TILE_ENTRIES_SIZE_MAX = TLOG_TILE_WIDTH * (2 + TLOG_TILE_ENTRY_MAX),
};

struct tlog_tile {
	int level; /* 0 to TLOG_TILE_LEVELS - 1, or TLOG_TILE_ENTRIES */
	uint64_t at;
	unsigned width; /* 1 to TLOG_TILE_WIDTH */
};

/* Terminated. Fails: USAGE for what is no tile. */
bool tlog_tile_path(
	char out[static TLOG_TILE_PATH_MAX], const struct tlog_tile *t, struct err *e) MUST_CHECK;
/* How many of a tile's places a log of that size fills; 0: there is no such tile. */
unsigned tlog_tile_width(int level, uint64_t at, uint64_t size);

/* Which tile of a log of that size says the hash of a subtree (merkle_subtree), and from which place on how many of its hashes. */
struct tlog_tile_part {
	struct tlog_tile tile;
	unsigned first, n; /* n is a power of two */
};
/* Fails: USAGE when the log is too small for it. */
bool tlog_tile_of(struct tlog_tile_part *ret, unsigned level, uint64_t at, uint64_t size,
	struct err *e) MUST_CHECK;
/* The subtree's hash out of the tile's bytes. Fails: FORMAT when these are not its width. */
bool tlog_tile_hash(struct merkle_hash *ret, const struct tlog_tile_part *part, struct span tile,
	struct err *e) MUST_CHECK;

/* One entry, appended to a tile with entries. Fails: LIMIT. */
bool tlog_tile_put_entry(struct buf *out, struct span entry, struct err *e) MUST_CHECK;
/* Entry number at of a tile with that many, which are all there is in it. Fails: FORMAT. */
bool tlog_tile_entry(
	struct span *ret, struct span tile, unsigned width, unsigned at, struct err *e) MUST_CHECK;

#endif
