/*
 * What maintainer scripts changed: a difference between the contents of the packages as a tree, and the tree that was there
 * when dpkg had configured them all. It is what people are shown, and what the store remembers.
 */
#ifndef ASSAY_BUILD_CONFIGURE_DELTA_H
#define ASSAY_BUILD_CONFIGURE_DELTA_H

#include "codec/json.h"
#include "store/store.h"
#include "tree/tree.h"

#define CONFIGURE_ORIGIN "scripts" /* of every node that is added or changed */

enum { CONFIGURE_DELTA_MAX = 1000000, CONFIGURE_DATA_MAX = 1 << 30 };

enum configure_change { CONFIGURE_ADDED, CONFIGURE_CHANGED, CONFIGURE_REMOVED };

/* In what a changed path differs. */
enum {
	CONFIGURE_KIND = 1,
	CONFIGURE_CONTENT = 2, /* of a file; where a link leads */
	CONFIGURE_MODE = 4,
	CONFIGURE_OWNER = 8,
};

struct configure_entry {
	enum configure_change change;
	unsigned what;    /* CHANGED */
	struct node node; /* as it is now; REMOVED: as it was, without content */
};

/* Entries in the order of a tree; contents live as long as the store. */
struct configure_delta {
	struct configure_entry *entries;
	size_t n;
	uint8_t data_sha256
		[SHA256_SIZE]; /* an object of the store: all contents, one after the other */
};

/* Adds to the empty tree t what `before`, a finished tree, becomes; t borrows contents of both. */
bool configure_delta_apply(struct tree *t, const struct tree *before,
	const struct configure_delta *d, struct err *e) MUST_CHECK;

/* An array of {path, change, in, kind, mode, uid, gid, sha256, size, target}; the last three where they apply. */
void configure_delta_emit(struct json_out *w, const struct configure_delta *d);

/* The whole as a record of the store, and back; contents are looked for in s. As store_content; FORMAT, LIMIT. */
bool configure_record_emit(
	struct buf *out, const struct configure_delta *d, struct err *e) MUST_CHECK;
bool configure_record_parse(struct configure_delta *ret, struct span text, struct store *s,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
