/*
 * Who an image's files come from, in numbers: shares of the files that a manifest lists. A file with two names counts
 * twice, since the manifest lists both.
 */
#ifndef ASSAY_BUILD_MANIFEST_SHARES_H
#define ASSAY_BUILD_MANIFEST_SHARES_H

#include "build/manifest_parse.h"

/* "package:NAME" counts for "package", or for itself. */
enum manifest_shares_by { MANIFEST_SHARES_BY_KIND, MANIFEST_SHARES_BY_ORIGIN };

struct manifest_share {
	struct str origin;
	size_t n_files;
	uint64_t bytes;
};

struct manifest_share_list {
	struct manifest_share *items; /* most bytes first, then by name */
	size_t n;
};

/* Over initrd and root. Strings are the manifest's, the rest is the arena's. Fails LIMIT. */
bool manifest_shares(struct manifest_share_list *ret, const struct manifest *m,
	enum manifest_shares_by by, struct arena *a, struct err *e) MUST_CHECK;

#endif
