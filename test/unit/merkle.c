#include "trust/merkle.h"

#include "base/hex.h"
#include "test.h"

enum { LEAVES = 300, LEVELS = 9 };

static struct merkle_hash leaves[LEAVES];
static struct merkle_hash roots[LEAVES + 1];
static bool all_filled;

/* The definition of RFC 9162 as it stands there: the slow second implementation. */
static struct merkle_hash by_definition(const struct merkle_hash *l, size_t n)
{
	struct merkle_hash left, right;
	size_t k = 1;

	if (n == 0)
		return merkle_empty();
	if (n == 1)
		return l[0];
	while (k * 2 < n)
		k *= 2;
	left = by_definition(l, k);
	right = by_definition(l + k, n - k);
	return merkle_node(&left, &right);
}

static bool subtree(struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e)
{
	size_t n = (size_t)1 << level;

	(void)of;
	static struct merkle_hash kept[LEVELS][LEAVES];
	static bool known[LEVELS][LEAVES];

	if (level >= LEVELS || (at + 1) * n > LEAVES)
		return err_set(e, ERR_NOTFOUND, "no such subtree");
	if (!known[level][at])
		kept[level][at] = by_definition(leaves + at * n, n);
	known[level][at] = all_filled;
	*ret = kept[level][at];
	return true;
}

static bool none(struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e)
{
	(void)ret, (void)level, (void)at, (void)of;
	return err_set(e, ERR_IO, "nothing here");
}

/* Roots of the published trees: entries "", 00, 10, 2021, 3031, 40414243, 50..57, 60..6f. */
static void vectors(void)
{
	static const char *const entries[] = { "", "00", "10", "2021", "3031", "40414243",
		"5051525354555657", "606162636465666768696a6b6c6d6e6f" };
	static const char *const want[] = {
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct merkle_hash empty = merkle_empty(), got;
	char hex[2 * MERKLE_HASH_SIZE + 1];
	struct err e = { 0 };

	hex_write(hex, empty.bytes, sizeof empty.bytes);
	CHECK(!strcmp(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		uint8_t bytes[16];
		size_t n = strlen(entries[i]) / 2;

		CHECK(hex_read(str_of(entries[i]), bytes, n));
		leaves[i] = merkle_leaf(span_make(bytes, n));
	}
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK_OK(merkle_root(&got, i + 1, subtree, NULL, &e), e);
		hex_write(hex, got.bytes, sizeof got.bytes);
		CHECK(!strcmp(hex, want[i]));
	}
}

/* Every proof of every tree; and one bit of each hash, another place, size, root, a hash more and a hash less. */
static void wrong_inclusion(uint64_t at, uint64_t size, struct merkle_proof p)
{
	struct merkle_hash other = roots[size];
	struct err e = { 0 };

	for (size_t i = 0; i < p.n; i++) {
		p.hashes[i].bytes[(at + i) % MERKLE_HASH_SIZE] ^= (uint8_t)(1 << (size + i) % 8);
		CHECK_ERR(merkle_check_inclusion(&leaves[at], at, size, &p, &roots[size], &e), e,
			ERR_SIGNATURE);
		p.hashes[i].bytes[(at + i) % MERKLE_HASH_SIZE] ^= (uint8_t)(1 << (size + i) % 8);
	}
	other.bytes[size % MERKLE_HASH_SIZE] ^= 1;
	CHECK_ERR(merkle_check_inclusion(&leaves[at], at, size, &p, &other, &e), e, ERR_SIGNATURE);
	CHECK_ERR(merkle_check_inclusion(&other, at, size, &p, &roots[size], &e), e, ERR_SIGNATURE);
	CHECK_ERR(merkle_check_inclusion(&leaves[at], size, size, &p, &roots[size], &e), e,
		ERR_SIGNATURE);
	if (size > 1)
		CHECK_ERR(merkle_check_inclusion(
				  &leaves[at], at ? 0 : size - 1, size, &p, &roots[size], &e),
			e, ERR_SIGNATURE);
	p.n++;
	CHECK_ERR(merkle_check_inclusion(&leaves[at], at, size, &p, &roots[size], &e), e,
		ERR_SIGNATURE);
	p.n--;
	if (p.n) {
		p.n--;
		CHECK_ERR(merkle_check_inclusion(&leaves[at], at, size, &p, &roots[size], &e), e,
			ERR_SIGNATURE);
	}
}

static void inclusion(void)
{
	struct err e = { 0 };

	for (uint64_t size = 1; size <= LEAVES; size++)
		for (uint64_t at = 0; at < size; at++) {
			struct merkle_proof p;

			CHECK_OK(merkle_prove_inclusion(&p, at, size, subtree, NULL, &e), e);
			CHECK_OK(
				merkle_check_inclusion(&leaves[at], at, size, &p, &roots[size], &e),
				e);
			if (size <= 40 || at % 37 == 0 || at == size - 1)
				wrong_inclusion(at, size, p);
		}
}

static void wrong_consistency(uint64_t old, uint64_t size, struct merkle_proof p)
{
	struct merkle_hash other = roots[size], older = roots[old];
	struct err e = { 0 };

	for (size_t i = 0; i < p.n; i++) {
		p.hashes[i].bytes[(old + i) % MERKLE_HASH_SIZE] ^= (uint8_t)(1 << (size + i) % 8);
		CHECK_ERR(merkle_check_consistency(old, &roots[old], size, &roots[size], &p, &e), e,
			ERR_SIGNATURE);
		p.hashes[i].bytes[(old + i) % MERKLE_HASH_SIZE] ^= (uint8_t)(1 << (size + i) % 8);
	}
	other.bytes[3] ^= 8;
	older.bytes[5] ^= 16;
	if (old || !size)
		CHECK_ERR(merkle_check_consistency(old, &roots[old], size, &other, &p, &e), e,
			ERR_SIGNATURE);
	CHECK_ERR(merkle_check_consistency(old, &older, size, &roots[size], &p, &e), e,
		ERR_SIGNATURE);
	CHECK_ERR(merkle_check_consistency(size + 1, &roots[old], size, &roots[size], &p, &e), e,
		ERR_SIGNATURE);
	p.n++;
	CHECK_ERR(merkle_check_consistency(old, &roots[old], size, &roots[size], &p, &e), e,
		ERR_SIGNATURE);
	p.n--;
	if (p.n) {
		p.n--;
		CHECK_ERR(merkle_check_consistency(old, &roots[old], size, &roots[size], &p, &e), e,
			ERR_SIGNATURE);
	}
}

static void consistency(void)
{
	struct err e = { 0 };

	for (uint64_t size = 0; size <= LEAVES; size++)
		for (uint64_t old = 0; old <= size; old++) {
			struct merkle_proof p;

			CHECK_OK(merkle_prove_consistency(&p, old, size, subtree, NULL, &e), e);
			CHECK_OK(merkle_check_consistency(
					 old, &roots[old], size, &roots[size], &p, &e),
				e);
			if (size <= 40 || old % 37 == 0 || old + 1 == size)
				wrong_consistency(old, size, p);
		}
}

static void refuses(void)
{
	struct merkle_proof p = { .n = 0 };
	struct merkle_hash h;
	struct err e = { 0 };

	CHECK_ERR(merkle_prove_inclusion(&p, 3, 3, subtree, NULL, &e), e, ERR_USAGE);
	CHECK_ERR(merkle_prove_consistency(&p, 4, 3, subtree, NULL, &e), e, ERR_USAGE);
	CHECK_ERR(merkle_root(&h, MERKLE_SIZE_MAX + 1, subtree, NULL, &e), e, ERR_USAGE);
	CHECK_ERR(merkle_prove_inclusion(&p, 0, UINT64_MAX, subtree, NULL, &e), e, ERR_USAGE);
	CHECK_ERR(merkle_check_inclusion(&leaves[0], 0, UINT64_MAX, &p, &roots[1], &e), e,
		ERR_SIGNATURE);
	CHECK_ERR(merkle_check_consistency(1, &roots[1], UINT64_MAX, &roots[1], &p, &e), e,
		ERR_SIGNATURE);
	CHECK_ERR(merkle_root(&h, 5, none, NULL, &e), e, ERR_IO);
	CHECK_ERR(merkle_prove_inclusion(&p, 1, 5, none, NULL, &e), e, ERR_IO);
	CHECK_ERR(merkle_prove_consistency(&p, 3, 5, none, NULL, &e), e, ERR_IO);
}

/* The largest tree of all, of which nobody has more than the way from one leaf to its root. */
static void largest(void)
{
	struct merkle_proof p = { .n = 62 };
	struct merkle_hash root = leaves[0];
	struct err e = { 0 };

	for (size_t i = 0; i < p.n; i++) {
		p.hashes[i] = leaves[i + 1];
		root = merkle_node(&root, &p.hashes[i]);
	}
	CHECK_OK(merkle_check_inclusion(&leaves[0], 0, MERKLE_SIZE_MAX, &p, &root, &e), e);
	CHECK_ERR(merkle_check_inclusion(&leaves[0], 0, MERKLE_SIZE_MAX + 1, &p, &root, &e), e,
		ERR_SIGNATURE);
	CHECK_OK(merkle_check_consistency(1, &leaves[0], MERKLE_SIZE_MAX, &root, &p, &e), e);
	CHECK_ERR(merkle_check_consistency(1, &leaves[0], MERKLE_SIZE_MAX + 1, &root, &p, &e), e,
		ERR_SIGNATURE);
}

int main(void)
{
	vectors();
	for (size_t i = 8; i < LEAVES; i++) {
		uint8_t entry[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		leaves[i] = merkle_leaf(SPAN_OF(entry));
	}
	all_filled = true;
	for (size_t n = 0; n <= LEAVES; n++)
		roots[n] = by_definition(leaves, n);
	inclusion();
	consistency();
	refuses();
	largest();
	return test_end();
}
