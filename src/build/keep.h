/*
 * What a store must keep for a description to be built again without a network: everything that its lock names, packages
 * with their packs, and what `assay lock verify` replays (InRelease files, indexes), and the sources that are fetched. Given to store_gc.
 */
#ifndef ASSAY_BUILD_KEEP_H
#define ASSAY_BUILD_KEEP_H

#include "base/arena.h"
#include "base/map.h"
#include "lock/lock.h"

struct keep {
	struct arena *arena;
	struct map *places; /* from the place in the store, to anything */
};

void keep_init(struct keep *k);
void keep_done(struct keep *k);
/* Adds what lock l names. LIMIT. */
bool keep_lock(struct keep *k, const struct lock *l, struct err *e) MUST_CHECK;
/* Adds the git trees and tarballs of d's components. LIMIT. */
bool keep_description(struct keep *k, const struct description *d, struct err *e) MUST_CHECK;

#endif
