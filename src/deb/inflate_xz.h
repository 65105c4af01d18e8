/*
 * One xz stream (the .xz file format, 1.1.0) as a source of bytes: by liblzma itself and not through libarchive, because the
 * blocks of a big stream are decoded on all cores. What a decoder may take of memory is bounded whatever the headers ask for.
 */
#ifndef ASSAY_DEB_INFLATE_XZ_H
#define ASSAY_DEB_INFLATE_XZ_H

#include "deb/ar.h"

enum {
	/* xz -9 needs 65 MiB; a header can ask for 4 GiB. Threads are only used as far as they fit in here, too. */
	INFLATE_XZ_MEMORY_MAX = 160 << 20,
	INFLATE_XZ_PARALLEL_MIN = 8 << 20, /* compressed bytes: less is not worth a thread */
};

struct inflate_xz;

/* Of the current member of a, which has size bytes and is borrowed until inflate_xz_free. */
struct inflate_xz *inflate_xz_new(struct ar *a, uint64_t size);
void inflate_xz_free(struct inflate_xz *x); /* NULL does nothing */
/*
 * The next bytes, valid until the next call; *n is 0 at the end, where all of the member has been seen to be used. FORMAT
 * for damaged, cut or trailing bytes, LIMIT for a stream that needs more memory.
 */
bool inflate_xz_read(struct inflate_xz *x, const void **p, size_t *n, struct err *e) MUST_CHECK;

#endif
