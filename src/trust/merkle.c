#include "trust/merkle.h"

#include <string.h>

#include "base/digest.h"
#include "base/banned.h"

struct merkle_hash merkle_leaf(struct span entry)
{
	static const uint8_t prefix = 0;
	struct hasher *h = hasher_new(DIGEST_SHA256);
	struct merkle_hash ret;

	hasher_add(h, &prefix, 1);
	hasher_add(h, entry.p, entry.n);
	hasher_end(h, ret.bytes);
	hasher_free(h);
	return ret;
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right)
{
	uint8_t all[1 + 2 * MERKLE_HASH_SIZE] = { 1 };
	struct merkle_hash ret;

	memcpy(all + 1, left->bytes, MERKLE_HASH_SIZE);
	memcpy(all + 1 + MERKLE_HASH_SIZE, right->bytes, MERKLE_HASH_SIZE);
	sha256_of(ret.bytes, SPAN_OF(all));
	return ret;
}

struct merkle_hash merkle_empty(void)
{
	struct merkle_hash ret;

	sha256_of(ret.bytes, span_make(NULL, 0));
	return ret;
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return ct_equal(a->bytes, b->bytes, MERKLE_HASH_SIZE);
}

/*
 * The two numbers of RFC 9162, 2.1.3.2 and 2.1.4.2: the place that a hash is about, and the last place, on the way up. A hash
 * stands to the left where the place is odd or the last one.
 */
struct way {
	uint64_t at, last;
};

static bool is_left(const struct way *w)
{
	return (w->at & 1) != 0 || w->at == w->last;
}

static void up(struct way *w)
{
	w->at >>= 1;
	w->last >>= 1;
}

/* After a hash to the left: past the levels at which nothing stands to the right. */
static void skip_to_odd(struct way *w)
{
	while (!(w->at & 1) && w->at)
		up(w);
}

bool merkle_check_inclusion(const struct merkle_hash *leaf, uint64_t at, uint64_t size,
	const struct merkle_proof *proof, const struct merkle_hash *root, struct err *e)
{
	struct way w = { at, size - 1 };
	struct merkle_hash r = *leaf;

	if (at >= size || size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_SIGNATURE, "inclusion: entry %llu is not in a tree of %llu",
			(unsigned long long)at, (unsigned long long)size);
	for (size_t i = 0; i < proof->n; i++) {
		const struct merkle_hash *p = &proof->hashes[i];

		if (w.last == 0)
			return err_set(e, ERR_SIGNATURE, "inclusion: the proof is too long");
		if (is_left(&w)) {
			r = merkle_node(p, &r);
			skip_to_odd(&w);
		} else {
			r = merkle_node(&r, p);
		}
		up(&w);
	}
	if (w.last != 0)
		return err_set(e, ERR_SIGNATURE, "inclusion: the proof is too short");
	return merkle_equal(&r, root) ||
	       err_set(e, ERR_SIGNATURE, "inclusion: the proof leads to another root");
}

/* Both sizes are equal, or the older is zero: there is nothing to prove, and the proof must say so. */
static bool check_trivial(uint64_t old_size, const struct merkle_hash *old_root, uint64_t size,
	const struct merkle_hash *root, size_t n, struct err *e)
{
	struct merkle_hash none = merkle_empty();

	if (n != 0)
		return err_set(e, ERR_SIGNATURE, "consistency: the proof is too long");
	if (old_size == 0 && !merkle_equal(old_root, &none))
		return err_set(
			e, ERR_SIGNATURE, "consistency: the root of an empty tree is another");
	return old_size != size || merkle_equal(old_root, root) ||
	       err_set(e, ERR_SIGNATURE, "consistency: trees of equal size have other roots");
}

/* The hashes behind the first, which both trees share. */
static bool climb(struct merkle_hash *old_r, struct merkle_hash *r, struct way *w,
	const struct merkle_hash *hashes, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (w->last == 0)
			return err_set(e, ERR_SIGNATURE, "consistency: the proof is too long");
		if (is_left(w)) {
			*old_r = merkle_node(&hashes[i], old_r);
			*r = merkle_node(&hashes[i], r);
			skip_to_odd(w);
		} else {
			*r = merkle_node(r, &hashes[i]);
		}
		up(w);
	}
	return w->last == 0 || err_set(e, ERR_SIGNATURE, "consistency: the proof is too short");
}

bool merkle_check_consistency(uint64_t old_size, const struct merkle_hash *old_root, uint64_t size,
	const struct merkle_hash *root, const struct merkle_proof *proof, struct err *e)
{
	struct way w = { old_size - 1, size - 1 };
	bool whole = (old_size & (old_size - 1)) == 0;
	struct merkle_hash first, old_r, r;

	if (old_size > size || size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_SIGNATURE,
			"consistency: a tree of %llu cannot go back to %llu",
			(unsigned long long)old_size, (unsigned long long)size);
	if (old_size == size || old_size == 0)
		return check_trivial(old_size, old_root, size, root, proof->n, e);
	if (proof->n == 0)
		return err_set(e, ERR_SIGNATURE, "consistency: the proof is empty");
	while (w.at & 1)
		up(&w);
	first = whole ? *old_root : proof->hashes[0];
	old_r = r = first;
	if (!climb(&old_r, &r, &w, proof->hashes + !whole, proof->n - !whole, e))
		return false;
	if (!merkle_equal(&old_r, old_root))
		return err_set(
			e, ERR_SIGNATURE, "consistency: the proof leads to another old root");
	return merkle_equal(&r, root) ||
	       err_set(e, ERR_SIGNATURE, "consistency: the proof leads to another root");
}
