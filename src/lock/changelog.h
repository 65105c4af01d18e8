/*
 * The newest entry of a Debian changelog (deb-changelog(5), Debian policy 4.4): of which source package in which version,
 * and when. A build's SOURCE_DATE_EPOCH comes from it.
 */
#ifndef ASSAY_LOCK_CHANGELOG_H
#define ASSAY_LOCK_CHANGELOG_H

#include "base/err.h"
#include "base/str.h"

enum { CHANGELOG_MAX = 32 << 20 };

struct changelog_entry {
	struct str
		text; /* all of it, from its first line to its trailer line, which ends with a line break */
	struct str name, version;
	bool binary_only; /* "binary-only=yes": an entry of a binNMU, which the source package does not have */
	int64_t date_unix;
};

/* Borrows text. FORMAT. */
bool changelog_newest(struct changelog_entry *ret, struct str text, struct err *e) MUST_CHECK;

#endif
