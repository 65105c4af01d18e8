/*
 * The source packages that components ask for (debian-source), pinned: for each the highest version that the suites' Sources
 * indexes have, or the one that is named, with its files by digest.
 */
#ifndef ASSAY_LOCK_LOCK_SOURCES_H
#define ASSAY_LOCK_LOCK_SOURCES_H

#include "codec/json.h"
#include "lock/archive.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "lock/release.h"

enum { LOCK_SOURCES_MAX = 256 };

/* Whether a component of d asks for one: without, no Sources index is looked at. */
bool lock_sources_wanted(const struct description *d);

/*
 * Fills sources and source_indexes of l, whose suites are there, each with its Release in releases; only indexes that a
 * source is from stay. Memory is the arena's. NOTFOUND for a package or version that no suite has, FORMAT for one whose format
 * cannot be built from.
 */
bool lock_sources_make(struct lock *l, const struct description *d, const struct release *releases,
	const struct archive_access *q, struct arena *a, struct err *e) MUST_CHECK;

/* What of them decides what is in a lock: the member "sources" of the resolution's document, where there is any. */
void lock_sources_put_requests(struct json_out *w, const struct description *d);

/* The members "source-indexes" and "sources" of a lock with sources. */
void lock_sources_put_indexes(struct json_out *w, const struct lock *l);
void lock_sources_put(struct json_out *w, const struct lock *l);
/* Both, read strictly into l, whose suites are there. FORMAT, LIMIT. */
bool lock_sources_parse(
	struct lock *l, const struct json *top, struct arena *a, struct err *e) MUST_CHECK;

#endif
