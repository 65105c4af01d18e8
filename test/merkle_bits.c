/*
 * merkle-bits LEAVES [PART OF]: every proof of inclusion and of consistency of every tree up to that many leaves verifies, and with any one
 * bit of it changed it does not: of its hashes, of roots and leaf, of the place. With PART OF only each
 * OF-th size, from PART on. Minutes for 300; test/unit/merkle.c takes samples of the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "trust/merkle.h"

enum { LEAVES_MAX = 300, HASH_BITS = 8 * MERKLE_HASH_SIZE, SIZE_BITS = 10 };

static struct merkle_hash leaves[LEAVES_MAX], roots[LEAVES_MAX + 1];
static unsigned long long n_proofs, n_changes;

static void must(bool ok, const char *what, uint64_t a, uint64_t b)
{
	if (ok)
		return;
	printf("%s: %llu of %llu\n", what, (unsigned long long)a, (unsigned long long)b);
	exit(1);
}

/* A merkle_subtree. */
static bool subtree(struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e)
{
	struct merkle_hash left, right;

	if (level == 0) {
		*ret = leaves[at];
		return true;
	}
	if (!subtree(&left, level - 1, 2 * at, of, e) ||
		!subtree(&right, level - 1, 2 * at + 1, of, e))
		return false;
	*ret = merkle_node(&left, &right);
	return true;
}

/* One question: leaf or old root a, at or of old size x, in the tree of that size and root. */
struct question {
	bool (*check)(const struct question *q, struct err *e);
	struct merkle_hash a, root;
	uint64_t x, size;
	struct merkle_proof p;
};

static bool inclusion(const struct question *q, struct err *e)
{
	return merkle_check_inclusion(&q->a, q->x, q->size, &q->p, &q->root, e);
}

static bool consistency(const struct question *q, struct err *e)
{
	return merkle_check_consistency(q->x, &q->a, q->size, &q->root, &q->p, e);
}

static void flip_hash(struct question *q, struct merkle_hash *h, const char *what)
{
	struct err e;

	for (unsigned bit = 0; bit < HASH_BITS; bit++, n_changes++) {
		h->bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		must(!q->check(q, &e), what, q->x, q->size);
		h->bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
}

/* Of a place: any other one is another leaf's, or outside. */
static void flip_number(struct question *q, uint64_t *number, const char *what)
{
	struct err e;

	for (unsigned bit = 0; bit < SIZE_BITS; bit++, n_changes++) {
		*number ^= UINT64_C(1) << bit;
		must(!q->check(q, &e), what, q->x, q->size);
		*number ^= UINT64_C(1) << bit;
	}
}

static void all_changes(struct question *q, const char *what)
{
	struct err e;

	must(q->check(q, &e), what, q->x, q->size);
	n_proofs++;
	for (size_t i = 0; i < q->p.n; i++)
		flip_hash(q, &q->p.hashes[i], "a changed hash is taken");
	flip_hash(q, &q->root, "a changed root is taken");
	flip_hash(q, &q->a, "a changed leaf or older root is taken");
}

static void tree(uint64_t size)
{
	struct question q = { .root = roots[size], .size = size };
	struct err e;

	for (q.x = 0, q.check = inclusion; q.x < size; q.x++) {
		q.a = leaves[q.x];
		must(merkle_prove_inclusion(&q.p, q.x, size, subtree, NULL, &e), "no proof", q.x,
			size);
		all_changes(&q, "a proof of inclusion is refused");
		flip_number(&q, &q.x, "a changed place is taken");
	}
	for (q.x = 1, q.check = consistency; q.x <= size; q.x++) {
		q.a = roots[q.x];
		must(merkle_prove_consistency(&q.p, q.x, size, subtree, NULL, &e), "no proof", q.x,
			size);
		all_changes(&q, "a proof of consistency is refused");
	}
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t part = argc > 3 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t of = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	struct err e;

	if (!n || n > LEAVES_MAX || !of)
		return 2;
	for (uint64_t i = 0; i < n; i++)
		leaves[i] = merkle_leaf(span_make(&i, sizeof i));
	for (uint64_t size = 0; size <= n; size++)
		must(merkle_root(&roots[size], size, subtree, NULL, &e), "no root", size, size);
	for (uint64_t size = 1 + part; size <= n; size += of)
		tree(size);
	printf("%llu proofs verify, %llu changes of one bit are refused\n", n_proofs, n_changes);
	return 0;
}
