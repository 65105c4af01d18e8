/*
 * Two compressed streams (gzip, xz, zstd): the fields of gzip's header, then what they hold. Equal contents in other bytes
 * are a leaf, too: another compressor, or other settings.
 */
#ifndef ASSAY_DIFF_DIFF_WRAPPED_H
#define ASSAY_DIFF_DIFF_WRAPPED_H

#include "diff/diff_format.h"
#include "diff/diff_walk.h"

#define DIFF_WRAPPED_SPILL "/var/tmp"

/* FORMAT and LIMIT, with no leaf added, when one of them cannot be decompressed; IO. */
bool diff_wrapped(struct diff_walk *w, enum diff_format f, struct span a, struct span b,
	struct err *e) MUST_CHECK;

#endif
