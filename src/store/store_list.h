/*
 * What is in a store, one entry for each thing that stands or goes alone: for gc, verify and du. tmp/ is not listed: it
 * belongs to those who have the store open.
 */
#ifndef ASSAY_STORE_STORE_LIST_H
#define ASSAY_STORE_STORE_LIST_H

#include "store/store.h"

enum store_kind {
	STORE_OBJECTS,
	STORE_PACKS,
	STORE_SYSROOTS,
	STORE_RESULTS,
	STORE_NOTES,
	STORE_PARTIAL,
	STORE_LOGS,
	STORE_KINDS
};

struct store_entry {
	enum store_kind kind;
	char *place;       /* relative to the store's folder: "objects/ab/cdef..." */
	uint64_t size;     /* bytes that it takes on the disk, all of a folder */
	int64_t used_unix; /* when it was made or last marked, to the day */
};

struct store_list {
	struct store_entry *items; /* by kind, then bytewise by place */
	size_t n;
};

/* Everything. What another process removes meanwhile is left out. *ret is for store_list_done. */
bool store_list(struct store_list *ret, const struct store *s, struct err *e) MUST_CHECK;
void store_list_done(struct store_list *l);

/* "objects": the folder of the kind. */
const char *store_kind_name(enum store_kind kind);

/*
 * Removes an entry in one step: whoever looks finds it whole or not at all. s is locked alone (store_lock_alone). What is
 * gone already is no error.
 */
bool store_remove(struct store *s, const struct store_entry *x, struct err *e) MUST_CHECK;

/*
 * Says that place is used now, which keeps it from a gc of what nobody has used for some days. The mark is the time of
 * the last change of its inode (ctime): setting the mode that it has moves nothing else, and no copy or backup brings an
 * old one. At most one mark a day is written. Where it cannot be (another user's store), nothing happens.
 */
void store_mark_used(const struct store *s, const char *place);

#endif
