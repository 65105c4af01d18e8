/*
 * What only `assay lock verify` reads of a lock, brought into the store: the InRelease files and the indexes. Archives keep
 * their newest ones only.
 */
#ifndef ASSAY_CMD_FETCH_CHAIN_H
#define ASSAY_CMD_FETCH_CHAIN_H

#include "cmd/lock_access.h"

/* With --unverifiable what no mirror has any more is named as a warning, and left out. Fails as archive_fetch_index. */
bool fetch_chain(const struct verb_args *args, const struct archive_access *q, const struct lock *l,
	struct err *e) MUST_CHECK;

#endif
