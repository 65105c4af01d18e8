/*
 * The inside of lock_verify, shared by lock_verify.c (packages) and lock_verify_sources.c (source packages); nobody else
 * includes it.
 */
#ifndef ASSAY_LOCK_LOCK_VERIFY_INSIDE_H
#define ASSAY_LOCK_LOCK_VERIFY_INSIDE_H

#include "base/map.h"
#include "lock/lock_verify.h"

struct verifying {
	const struct lock *l;
	const struct archive_access *q;
	struct lock_verdict *v;
	struct err *e;
	struct release *releases; /* one a suite, verified */
	bool *found;              /* one a package: its stanza was seen and agrees */
	struct map *wanted;       /* name -> first package of that name */
	struct arena *a;
};

/* A well-formed no: the walk ends, and the caller returns true. Returns false. */
bool lock_verify_breaks(struct verifying *w, const char *link, struct str who, const char *why);
/* The index is the one at path, the signed Release names it, and it is at hand. */
bool lock_verify_index(struct verifying *w, const struct lock_index *x, struct str path);
/* The bytes of an object of the store, which is there, are those of its name, and as many; who and link: as in breaks. */
bool lock_verify_bytes(struct verifying *w, const uint8_t sha256[static SHA256_SIZE], uint64_t size,
	const char *link, struct str who);

/* The stanzas of all source packages, and their bytes as far as they are in the store or are fetched. */
bool lock_verify_sources(struct verifying *w);
bool lock_verify_source_files(struct verifying *w, bool fetch);

#endif
