/*
 * On what day a package was built by its own account: the date of the newest entry of its changelog. Of a binNMU that entry is not in
 * the source package; the .buildinfo has it, and the binary package itself, as changelog.Debian.amd64.gz.
 */
#ifndef ASSAY_BUILD_REBUILD_CHANGELOG_H
#define ASSAY_BUILD_REBUILD_CHANGELOG_H

#include "build/rebuild_unit.h"
#include "lock/buildinfo.h"
#include "lock/changelog.h"
#include "store/store.h"

struct rebuild_changelog {
	struct str
		binnmu; /* the entry that is put before the source's, with an empty line; or empty */
	int64_t date_unix;
};

/*
 * Sources and packages are in the store; info may be NULL. Where the changelog cannot be read here (format 1.0 with a diff) the
 * date is otherwise_unix. Memory from a. NOTFOUND for a binNMU of which nobody has the entry.
 */
bool rebuild_changelog_read(struct rebuild_changelog *ret, struct store *s,
	const struct rebuild_unit *unit, const struct lock_source *src,
	const struct buildinfo *info, int64_t otherwise_unix, struct arena *a,
	struct err *e) MUST_CHECK;

/*
 * The newest entry of a binary package's own changelog, /usr/share/doc/.../NAME of its files, a gzip file; text and strings are the arena's.
 * *found false where it has none.
 */
bool rebuild_changelog_of_package(struct changelog_entry *ret, bool *found, struct store *s,
	const struct lock_package *p, const char *name, struct arena *a, struct err *e) MUST_CHECK;

#endif
