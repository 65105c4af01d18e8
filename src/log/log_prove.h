/*
 * Proofs out of a log's tiles, each held against the root of the checkpoint before it is given away: a damaged tile makes an error,
 * never a proof that does not verify.
 */
#ifndef ASSAY_LOG_LOG_PROVE_H
#define ASSAY_LOG_LOG_PROVE_H

#include "log/log_source.h"
#include "trust/checkpoint.h"

/* That entry number at is in the tree of c; *leaf is its hash. Fails: USAGE beyond the tree, MISMATCH, NOTFOUND, FORMAT, IO. */
bool log_prove_inclusion(struct merkle_proof *ret, struct merkle_hash *leaf,
	const struct log_source *from, const struct checkpoint *c, uint64_t at,
	struct err *e) MUST_CHECK;
/* The first place of an entry with that hash; every leaf of the log may be read for it. Fails: NOTFOUND, FORMAT, IO. */
bool log_prove_find(uint64_t *ret, const struct log_source *from, uint64_t size,
	const struct merkle_hash *leaf, struct err *e) MUST_CHECK;

/* Two trees of a log, neither larger than that of its checkpoint. */
struct log_prove_trees {
	uint64_t old_size, size;
	struct merkle_hash old_root, root; /* out of the tiles */
	struct merkle_proof proof;
};
/* Sizes are given, the rest is filled. Fails: USAGE, MISMATCH, NOTFOUND, FORMAT, IO. */
bool log_prove_consistency(struct log_prove_trees *t, const struct log_source *from,
	const struct checkpoint *c, struct err *e) MUST_CHECK;

#endif
