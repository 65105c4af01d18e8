/*
 * A Merkle tree that only grows, as the hashes of its complete subtrees: one for each bit of its size that is set. Whoever has seen all
 * entries of a log once keeps this and needs no proof of the log: the next entries make the next root, or the log has another past.
 */
#ifndef ASSAY_LOG_LOG_FRONTIER_H
#define ASSAY_LOG_LOG_FRONTIER_H

#include "trust/merkle.h"

enum { LOG_FRONTIER_LEVELS = 62 };

/* Zeroed: the empty tree. */
struct log_frontier {
	uint64_t size;
	struct merkle_hash
		at[LOG_FRONTIER_LEVELS]; /* of level i where bit i of size is set; else zeroes */
};

/* Fails: LIMIT for a tree that is full. */
bool log_frontier_add(
	struct log_frontier *f, const struct merkle_hash *leaf, struct err *e) MUST_CHECK;
struct merkle_hash log_frontier_root(const struct log_frontier *f);

#endif
