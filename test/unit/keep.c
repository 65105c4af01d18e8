/* What a store must keep for a lock: each digest in it, whole or in part, and each package's pack. */
#include "build/keep.h"

#include "deb/pack.h"
#include "store/store.h"
#include "test.h"

static bool kept(const struct keep *k, const uint8_t *sha256)
{
	char place[STORE_PLACE_MAX];

	store_object_place(place, sha256);
	return map_get(k->places, str_of(place)) != NULL;
}

static void all_of_a_lock(void)
{
	const struct lock_suite suite = { .release_sha256 = { 1 } };
	const struct lock_index index = { .sha256 = { 2 } };
	const struct lock_package packages[] = { { .sha256 = { 3 } }, { .sha256 = { 4 } } };
	const struct lock l = { .suites = &suite,
		.n_suites = 1,
		.indexes = &index,
		.n_indexes = 1,
		.packages = packages,
		.n_packages = 2 };
	const uint8_t other[SHA256_SIZE] = { 5 };
	char pack[PACK_PLACE_MAX];
	CLEANUP(keep_done) struct keep k;
	struct err e = { 0 };

	keep_init(&k);
	CHECK(!kept(&k, index.sha256));
	CHECK_OK(keep_lock(&k, &l, &e), e);
	CHECK_OK(keep_lock(&k, &l, &e), e);
	CHECK(kept(&k, suite.release_sha256) && kept(&k, index.sha256));
	CHECK(kept(&k, packages[0].sha256) && kept(&k, packages[1].sha256) && !kept(&k, other));
	pack_place(pack, packages[1].sha256);
	CHECK(map_get(k.places, str_of(pack)));
	pack_place(pack, index.sha256);
	CHECK(!map_get(k.places, str_of(pack)));
	CHECK(map_get(k.places,
		STR("partial/0300000000000000000000000000000000000000000000000000000000000000")));
	CHECK(map_count(k.places) == 4 * 2 + 2);
}

int main(void)
{
	all_of_a_lock();
	return test_end();
}
