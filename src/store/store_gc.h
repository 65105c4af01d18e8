/*
 * Removing from a store what nobody needs. Which objects a description needs is the caller's knowledge, given as a set
 * of places; what is only made from objects (packs, sysroots) goes when nobody has used it for a while.
 *
 * results/ always stays: records are small, and they are all that says "built here". Each removal is one step that
 * leaves a valid store; a gc that is killed has removed less.
 */
#ifndef ASSAY_STORE_STORE_GC_H
#define ASSAY_STORE_STORE_GC_H

#include "base/map.h"
#include "store/store_list.h"

struct store_gc_rule {
	/*
	 * Places that stay ("objects/ab/cdef...", "packs/...", "partial/..."); every other object, pack and partial goes,
	 * but for objects that a record names which was used since unused_since_unix. NULL: all objects stay, packs
	 * and partials go by their age.
	 */
	const struct map *needed;
	int64_t unused_since_unix; /* what was used at that time or later is not old */
	bool dry_run;              /* removes nothing */
};

struct store_gc_sum {
	size_t n;
	uint64_t size;
};

struct store_gc_result {
	struct store_gc_sum gone[STORE_KINDS], kept[STORE_KINDS];
};

/*
 * s must be locked alone (store_lock_alone) unless it is a dry run. An entry that cannot be removed (another user's) is
 * an error at the end, after all others.
 */
bool store_gc(struct store_gc_result *ret, struct store *s, const struct store_gc_rule *rule,
	struct err *e) MUST_CHECK;

#endif
