#include "build/keep.h"

#include <stdio.h>

#include "base/hex.h"
#include "deb/pack.h"
#include "store/store.h"
#include "base/banned.h"

enum { KEEP_MEMORY_MAX = 256 << 20 };

void keep_init(struct keep *k)
{
	k->arena = arena_new(KEEP_MEMORY_MAX);
	k->places = map_new();
}

void keep_done(struct keep *k)
{
	map_free(k->places);
	arena_free(k->arena);
	*k = (struct keep){ 0 };
}

static bool add(struct keep *k, const char *place, struct err *e)
{
	struct str copy = arena_str(k->arena, str_of(place));

	if (!copy.p)
		return arena_full(k->arena, e);
	map_add(k->places, copy, k);
	return true;
}

/* And what has come of it. */
static bool add_object(struct keep *k, const uint8_t *sha256, struct err *e)
{
	char place[STORE_PLACE_MAX], partial[STORE_PLACE_MAX], hex[2 * SHA256_SIZE + 1];

	store_object_place(place, sha256);
	hex_write(hex, sha256, SHA256_SIZE);
	snprintf(partial, sizeof partial, "partial/%s", hex);
	return add(k, place, e) && add(k, partial, e);
}

static bool keep_sources(struct keep *k, const struct lock *l, struct err *e)
{
	for (size_t i = 0; i < l->n_sources; i++)
		for (size_t f = 0; f < l->sources[i].n_files; f++)
			if (!add_object(k, l->sources[i].files[f].sha256, e))
				return false;
	return true;
}

bool keep_lock(struct keep *k, const struct lock *l, struct err *e)
{
	for (size_t i = 0; i < l->n_suites; i++)
		if (!add_object(k, l->suites[i].release_sha256, e))
			return false;
	for (size_t i = 0; i < l->n_indexes; i++)
		if (!add_object(k, l->indexes[i].sha256, e))
			return false;
	for (size_t i = 0; i < l->n_packages; i++) {
		char place[PACK_PLACE_MAX];

		pack_place(place, l->packages[i].sha256);
		if (!add_object(k, l->packages[i].sha256, e) || !add(k, place, e))
			return false;
	}
	for (size_t i = 0; i < l->n_source_indexes; i++)
		if (!add_object(k, l->source_indexes[i].sha256, e))
			return false;
	return keep_sources(k, l, e);
}

bool keep_description(struct keep *k, const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->n_components; i++)
		if (d->components[i].source.pinned &&
			!add_object(k, d->components[i].source.sha256, e))
			return false;
	return true;
}
