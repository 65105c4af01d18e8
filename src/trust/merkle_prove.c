#include "trust/merkle.h"

#include "base/banned.h"

/* Leaves from `from` up to `to`, of a tree: from is a multiple of the largest power of two that is not above to - from. */
struct range {
	uint64_t from, to;
};

/* Largest power of two below n, for n > 1. */
static uint64_t split(uint64_t n)
{
	uint64_t k = 1;

	while (k << 1 < n)
		k <<= 1;
	return k;
}

static unsigned level_of(uint64_t power)
{
	unsigned level = 0;

	while (power >> (level + 1))
		level++;
	return level;
}

/* Of a range that is not empty: complete subtrees from the left to the right, folded from the right to the left. */
static bool hash_of(
	struct merkle_hash *ret, struct range g, merkle_subtree *get, void *of, struct err *e)
{
	struct merkle_hash parts[64];
	size_t n = 0;

	do {
		uint64_t left = g.to - g.from, power = left & (left - 1) ? split(left) : left;
		unsigned level = level_of(power);

		if (!get(&parts[n++], level, g.from >> level, of, e))
			return false;
		g.from += power;
	} while (g.from < g.to);
	*ret = parts[n - 1];
	while (--n)
		*ret = merkle_node(&parts[n - 1], ret);
	return true;
}

static bool check_size(uint64_t size, struct err *e)
{
	return size <= MERKLE_SIZE_MAX ||
	       err_set(e, ERR_USAGE, "a tree of %llu leaves is too large",
		       (unsigned long long)size);
}

bool merkle_root(
	struct merkle_hash *ret, uint64_t size, merkle_subtree *get, void *of, struct err *e)
{
	if (!check_size(size, e))
		return false;
	if (size == 0) {
		*ret = merkle_empty();
		return true;
	}
	return hash_of(ret, (struct range){ 0, size }, get, of, e);
}

/* What is proven stands below the root's first hash: the lists are made from the top, and read from the bottom. */
static void turn(struct merkle_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		struct merkle_hash h = p->hashes[i];

		p->hashes[i] = p->hashes[p->n - 1 - i];
		p->hashes[p->n - 1 - i] = h;
	}
}

/* Goes down to the half that holds `at`, and keeps the hash of the other. */
static bool step_down(struct merkle_proof *p, struct range *g, uint64_t at, merkle_subtree *get,
	void *of, struct err *e)
{
	uint64_t middle = g->from + split(g->to - g->from);
	struct range other = *g;

	if (at < middle) {
		other.from = middle;
		g->to = middle;
	} else {
		other.to = middle;
		g->from = middle;
	}
	return hash_of(&p->hashes[p->n++], other, get, of, e);
}

bool merkle_prove_inclusion(struct merkle_proof *ret, uint64_t at, uint64_t size,
	merkle_subtree *get, void *of, struct err *e)
{
	struct merkle_proof p = { .n = 0 };
	struct range g = { 0, size };

	if (!check_size(size, e))
		return false;
	if (at >= size)
		return err_set(e, ERR_USAGE, "entry %llu is not in a tree of %llu",
			(unsigned long long)at, (unsigned long long)size);
	while (g.to - g.from > 1)
		if (!step_down(&p, &g, at, get, of, e))
			return false;
	turn(&p);
	*ret = p;
	return true;
}

bool merkle_prove_consistency(struct merkle_proof *ret, uint64_t old_size, uint64_t size,
	merkle_subtree *get, void *of, struct err *e)
{
	struct merkle_proof p = { .n = 0 };
	struct range g = { 0, size };

	if (!check_size(size, e))
		return false;
	if (old_size > size)
		return err_set(e, ERR_USAGE, "a tree of %llu has no older one of %llu",
			(unsigned long long)size, (unsigned long long)old_size);
	if (old_size != 0)
		while (g.to != old_size)
			if (!step_down(&p, &g, old_size - 1, get, of, e))
				return false;
	/* The subtree in which the old tree ends; the old root itself is known to whoever asks. */
	if (old_size != 0 && g.from != 0 && !hash_of(&p.hashes[p.n++], g, get, of, e))
		return false;
	turn(&p);
	*ret = p;
	return true;
}
