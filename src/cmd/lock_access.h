/*
 * What `assay lock` and `assay lock verify` are told about archives: --mirror, --store, --keyring.
 */
#ifndef ASSAY_CMD_LOCK_ACCESS_H
#define ASSAY_CMD_LOCK_ACCESS_H

#include "cmd/verb.h"
#include "lock/archive.h"

#define LOCK_ACCESS_OPTIONS                                                            \
	{ "--mirror", "URL", "ask this mirror, not the machine's apt sources", true }, \
		{ "--store", "DIR", "the store (~/.cache/assay)", false },             \
	{                                                                              \
		"--keyring", "FILE", "keys that archives sign with", false             \
	}

/*
 * Opens the store and gathers the mirrors: those of --mirror, else those of /etc/apt. *ret is released with
 * lock_access_done, also after a failure.
 */
bool lock_access_open(
	struct archive_access *ret, const struct verb_args *args, struct err *e) MUST_CHECK;
void lock_access_done(struct archive_access *q);

#endif
