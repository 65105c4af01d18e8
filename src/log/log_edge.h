/*
 * The right edge of a log's tree: of each level of tiles the one that is not full. It is all that a log needs to grow, whatever its size:
 * at most 255 hashes a level.
 */
#ifndef ASSAY_LOG_LOG_EDGE_H
#define ASSAY_LOG_LOG_EDGE_H

#include "log/log_source.h"
#include "trust/tlog_tile.h"

struct log_edge {
	uint64_t size;
	struct log_edge_tile {
		unsigned n; /* below TLOG_TILE_WIDTH */
		bool changed;
		struct merkle_hash hashes[TLOG_TILE_WIDTH];
	} tiles[TLOG_TILE_LEVELS];
};

/* Of the log with that many entries and that root. Fails: MISMATCH when the tiles give another one, NOTFOUND, FORMAT, IO. */
bool log_edge_load(struct log_edge *ret, const struct log_source *from, uint64_t size,
	const struct merkle_hash *root, struct err *e) MUST_CHECK;
bool log_edge_root(struct merkle_hash *ret, const struct log_edge *g, struct err *e) MUST_CHECK;

/* Writes a tile; its hashes or entries are in bytes. */
typedef bool log_edge_write(void *ctx, const struct tlog_tile *t, struct span bytes, struct err *e);

/* Adds a leaf; tiles that become full are written. Fails: LIMIT for a log that is full, as write does. */
bool log_edge_add(struct log_edge *g, const struct merkle_hash *leaf, log_edge_write *write,
	void *ctx, struct err *e) MUST_CHECK;
/* Writes those that are not full, and have changed since they were loaded or written. */
bool log_edge_flush(struct log_edge *g, log_edge_write *write, void *ctx, struct err *e) MUST_CHECK;

#endif
