/*
 * The decompressed bytes of one member of a .deb: xz, zstd, gzip or none, as the member's name says (deb(5)) and not as
 * the bytes may suggest. One stream, all of it used: whatever follows it in the member is an error.
 */
#ifndef ASSAY_DEB_INFLATE_H
#define ASSAY_DEB_INFLATE_H

#include "deb/ar.h"

struct inflate;

/* The base of what ar_open_plain opens, which may be bzip2, too. */
#define INFLATE_PLAIN "tar"

/*
 * Of the current member of a, which is borrowed until inflate_free; base is its name before the suffix ("data.tar").
 * FORMAT when the suffix is none that we know.
 */
bool inflate_open(struct inflate **ret, struct ar *a, const struct ar_member *m, const char *base,
	struct err *e) MUST_CHECK;
void inflate_free(struct inflate *i);
void inflate_freep(struct inflate **i);
/* The next bytes, valid until the next call; *n is 0 at the end, where all of the member has been seen to be used. */
bool inflate_read(struct inflate *i, const void **p, size_t *n, struct err *e) MUST_CHECK;

#endif
