/*
 * A tarball as a source: a file, named by its digest, of a server or beside the description. Nothing of it is unpacked
 * here (source_unpack.h).
 */
#ifndef ASSAY_BUILD_SOURCE_TARBALL_H
#define ASSAY_BUILD_SOURCE_TARBALL_H

#include "lock/description.h"
#include "net/fetch.h"
#include "store/store.h"

#define SOURCE_TARBALL_MAX (4ull << 30) /* bytes, where the description does not say how many */

/* Puts the file that r names into s. dir: the folder of the description. Fails as fetch_all; MISMATCH for other bytes. */
bool source_tarball_fetch(struct store *s, const char *dir, const struct source_request *r,
	const struct fetch_options *options, struct err *e) MUST_CHECK;

#endif
