/*
 * What in a store is not what its name says: objects, packs, toolchains, results and notes are read whole and hashed, on
 * all cores.
 */
#ifndef ASSAY_BUILD_DAMAGE_H
#define ASSAY_BUILD_DAMAGE_H

#include "store/store_list.h"

enum { DAMAGE_WHY_MAX = 300 };

struct damage {
	const struct store_entry *entry; /* NULL: all is well */
	/*
	 * It could not be read (a broken disk, no descriptor left, no permission): nothing is known of its bytes, and they may
	 * well be right.
	 */
	bool unread;
	char why[DAMAGE_WHY_MAX];
};

struct damages {
	struct damage *items; /* in the order of the list */
	size_t n, n_unread;   /* how many; how many of them are unread */
	/*
	 * Entries that there is nothing to hold against: parts of downloads, logs, toolchains without a list, packs of
	 * another version.
	 */
	size_t n_unchecked;
};

/*
 * Looks at every entry of l. *ret, which borrows l, is for damages_done. What another process has removed meanwhile is
 * not damaged.
 */
bool damage_find(
	struct damages *ret, struct store *s, const struct store_list *l, struct err *e) MUST_CHECK;
void damages_done(struct damages *d);

/* The digest that an object's place names; false for another place. */
bool damage_object(const struct store_entry *x, uint8_t sha256[static SHA256_SIZE]) MUST_CHECK;

#endif
