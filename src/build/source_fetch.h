/*
 * The sources of a description's components that are fetched: git trees and tarballs. (Those of Debian's archive stand in
 * the lock and are fetched with its packages; folders beside the description are read when they are built.)
 */
#ifndef ASSAY_BUILD_SOURCE_FETCH_H
#define ASSAY_BUILD_SOURCE_FETCH_H

#include "lock/description.h"
#include "net/fetch.h"
#include "net/mirrors.h"
#include "store/store.h"

struct source_access {
	struct store *store;
	struct mirrors *mirrors;             /* asked first, by digest ("sources" of mirrors.h) */
	const struct fetch_options *options; /* may be NULL */
	void (*say)(void *ctx, struct str component,
		const struct source_request *r); /* what is fetched now; may be NULL */
	void *ctx;
};

/*
 * Puts what the store has not into it. Fails with the component named: as source_git_fetch and source_tarball_fetch;
 * MISMATCH for a git tree of another digest than pinned, and for one that is not pinned, both with what the digest is.
 */
bool source_fetch_all(
	const struct source_access *q, const struct description *d, struct err *e) MUST_CHECK;

#endif
