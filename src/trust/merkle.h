/*
 * Merkle trees of logs (RFC 9162, section 2.1) with SHA-256: a leaf's hash is H(00 || entry), a node's H(01 || left || right),
 * and a tree of n > 1 leaves splits at the largest power of two below n. The root of the empty tree is H("").
 *
 * Proofs are lists of hashes in the order of RFC 9162. Verifying one takes nothing but its arguments; making one asks the
 * caller for hashes of complete subtrees, so that a log of any size needs only what its tiles hold (trust/tlog_tile.h).
 */
#ifndef ASSAY_TRUST_MERKLE_H
#define ASSAY_TRUST_MERKLE_H

#include "base/err.h"
#include "base/span.h"

enum {
	MERKLE_HASH_SIZE = 32,
	MERKLE_PROOF_MAX = 64, /* hashes, of any proof */
};
/* Leaves of a tree, at most: its numbers stay far from overflow. */
#define MERKLE_SIZE_MAX (UINT64_C(1) << 62)

struct merkle_hash {
	uint8_t bytes[MERKLE_HASH_SIZE];
};

struct merkle_proof {
	struct merkle_hash hashes[MERKLE_PROOF_MAX];
	size_t n;
};

struct merkle_hash merkle_leaf(struct span entry);
struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right);
struct merkle_hash merkle_empty(void);
bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

/* That leaf stands at place `at` of the tree of `size` leaves with that root. Fails: SIGNATURE. */
bool merkle_check_inclusion(const struct merkle_hash *leaf, uint64_t at, uint64_t size,
	const struct merkle_proof *proof, const struct merkle_hash *root, struct err *e) MUST_CHECK;
/* The tree of `size` leaves begins with all those of the older one. Fails: SIGNATURE. */
bool merkle_check_consistency(uint64_t old_size, const struct merkle_hash *old_root, uint64_t size,
	const struct merkle_hash *root, const struct merkle_proof *proof, struct err *e) MUST_CHECK;

/*
 * Gives the hash of a complete subtree: the leaves from at * 2^level to (at + 1) * 2^level. `of` is the caller's own. It fails
 * as it likes.
 */
typedef bool merkle_subtree(
	struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e);

/* Of the first `size` leaves. Fails: USAGE beyond MERKLE_SIZE_MAX, as get does. */
bool merkle_root(struct merkle_hash *ret, uint64_t size, merkle_subtree *get, void *of,
	struct err *e) MUST_CHECK;
/* Fails: USAGE for a place outside of the tree, as get does. */
bool merkle_prove_inclusion(struct merkle_proof *ret, uint64_t at, uint64_t size,
	merkle_subtree *get, void *of, struct err *e) MUST_CHECK;
/* Fails: USAGE for an old tree that is larger, as get does. */
bool merkle_prove_consistency(struct merkle_proof *ret, uint64_t old_size, uint64_t size,
	merkle_subtree *get, void *of, struct err *e) MUST_CHECK;

#endif
