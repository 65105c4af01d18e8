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
	char why[DAMAGE_WHY_MAX];
};

/*
 * Looks at every entry of l. The damaged ones, in the order of l, are in *ret (owned by the caller, free), which borrows
 * l. What cannot be read is damaged, too; what another process has removed meanwhile is not. Parts of downloads have
 * nothing to be held against.
 */
bool damage_find(struct damage **ret, size_t *n, struct store *s, const struct store_list *l,
	struct err *e) MUST_CHECK;

/* The digest that an object's place names; false for another place. */
bool damage_object(const struct store_entry *x, uint8_t sha256[static SHA256_SIZE]) MUST_CHECK;

#endif
