/*
 * The entries of a tar archive (ustar, GNU, pax) inside a .deb, one after the other, as nodes without a place: the path
 * is still what the archive says, deb/layout.h judges it. Ends with at least two blocks of zeros and nothing else.
 */
#ifndef ASSAY_DEB_TARBALL_H
#define ASSAY_DEB_TARBALL_H

#include "base/arena.h"
#include "deb/inflate.h"
#include "tree/tree.h"

struct tarball;

struct tar_entry {
	struct str name; /* as in the archive; valid until the next entry */
	struct str
		hard_link; /* name of an earlier entry; p NULL: an entry of its own; valid until the next entry */
	struct node node; /* strings are the arena's; path, content and inode are not set */
	uint64_t size;    /* FILE: bytes of content */
	bool sparse;      /* what the pieces leave out is zeros */
};

/* Reads i, which is borrowed until tarball_free, and fails LIMIT where it gives more than max bytes. */
bool tarball_open(struct tarball **ret, struct inflate *i, uint64_t max, struct err *e) MUST_CHECK;
void tarball_free(struct tarball *t);
void tarball_freep(struct tarball **t);
/*
 * The next entry; *found is false at the end, where the rest of the stream has been seen to be zeros. Fails FORMAT with
 * the name of the entry for sockets, ACLs, file flags, owners and devices out of range and whatever tar does not allow;
 * where there is no entry to name, with the name of the one before it.
 */
bool tarball_next(struct tarball *t, struct arena *a, struct tar_entry *ret, bool *found,
	struct err *e) MUST_CHECK;
/* The next piece of the entry's content, in rising order of *at; *n is 0 at the end. Valid until the next call. */
bool tarball_read(
	struct tarball *t, const void **p, size_t *n, uint64_t *at, struct err *e) MUST_CHECK;

#endif
