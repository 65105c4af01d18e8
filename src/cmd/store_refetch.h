/*
 * Bringing an object back that the store has lost: from a mirror, when a lock of the folders that the verb names as its
 * arguments says what it is.
 */
#ifndef ASSAY_CMD_STORE_REFETCH_H
#define ASSAY_CMD_STORE_REFETCH_H

#include "cmd/verb.h"
#include "lock/archive.h"

struct store_refetch {
	struct arena *arena;
	struct lock *locks;
	size_t n_locks;
	struct archive_access access; /* its store is borrowed */
};

/* Reads the locks, and the mirrors as every verb does. Released with store_refetch_done, also after a failure. */
bool store_refetch_init(struct store_refetch *ret, const struct verb_args *args, struct store *s,
	struct err *e) MUST_CHECK;
void store_refetch_done(struct store_refetch *r);

/* Fails with *named false when no lock names the object, else as fetch_all. */
bool store_refetch(struct store_refetch *r, const uint8_t sha256[static SHA256_SIZE], bool *named,
	struct err *e) MUST_CHECK;

#endif
