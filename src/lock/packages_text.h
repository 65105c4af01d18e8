/*
 * The text of a Packages index from its compressed object in the store.
 */
#ifndef ASSAY_LOCK_PACKAGES_TEXT_H
#define ASSAY_LOCK_PACKAGES_TEXT_H

#include "store/store.h"

enum {
	PACKAGES_TEXT_OBJECT_MAX = 256 << 20, /* compressed; trixie's main has 10 MB */
	PACKAGES_TEXT_MAX = 512 << 20,        /* of text; trixie's main has 57 MB */
};

/* Reads and decompresses (xz) the whole; *out is initialised here and the caller's. Fails NOTFOUND, MISMATCH, FORMAT, LIMIT. */
bool packages_text_read(const struct store *s, const uint8_t sha256[static SHA256_SIZE],
	struct buf *out, struct err *e) MUST_CHECK;

#endif
