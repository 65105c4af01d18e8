/*
 * Build dependencies of a source package (Debian policy 7.1 and 7.7, deb-src-control(5)) for one build: without what is
 * restricted to other architectures ("[!amd64 linux-any]") or build profiles ("<!nocheck>"), they are dependencies as a
 * binary package has them, and the resolver's business.
 */
#ifndef ASSAY_LOCK_BUILD_DEPENDS_H
#define ASSAY_LOCK_BUILD_DEPENDS_H

#include "base/buf.h"
#include "base/err.h"
#include "lock/description.h"

enum { BUILD_DEPENDS_MAX = 1 << 20, BUILD_DEPENDS_RELATIONS_MAX = 4096 };

/*
 * Adds the relations of field that hold for amd64 and the active profiles to out, separated by ", ". An alternative that is
 * restricted away is left out; a relation of which nothing is left, too. The qualifier ":native" goes, since nothing is
 * cross-built; others stay. FORMAT for what is no relation, LIMIT.
 */
bool build_depends_reduce(
	struct buf *out, struct str field, struct str_list profiles, struct err *e) MUST_CHECK;

/* Whether an architecture or wildcard of policy 11.1 ("amd64", "linux-any", "any-amd64", "any") is amd64. */
bool build_depends_is_amd64(struct str architecture);

#endif
