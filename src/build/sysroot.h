/*
 * A toolchain as a folder, for the box: the packages of one set of the lock, merged, laid out under the store's
 * sysroots/ by the digest of their tree. No maintainer script runs, so nothing is there that only a script would have
 * made: steps call gcc, not the alternative cc.
 */
#ifndef ASSAY_BUILD_SYSROOT_H
#define ASSAY_BUILD_SYSROOT_H

#include "deb/pack.h"
#include "lock/lock.h"
#include "store/store.h"
#include "tree/tree.h"

/*
 * The absolute path of the folder that holds finished tree t, made now unless the store has it; owned by the caller
 * (free). Modes are kept so far as an ordinary user can (owner and group are the caller's, no setuid, setgid and sticky
 * bits), devices and xattrs are left out, times are those of the tree. Made as a temporary and renamed; what is there is
 * used when every file has its bytes, and made again otherwise. A list of it stands beside it (sysroot_check.h). Fails: IO.
 */
bool sysroot_lay(char **ret, struct store *s, const struct tree *t, struct err *e) MUST_CHECK;

/*
 * The same for a set of the lock ("toolchain:c"), whose packages must be in the store. Fails: NOTFOUND for a set that is
 * not in the lock or a package that was not fetched, MISMATCH for packages that claim the same path.
 */
bool sysroot_of_set(char **ret, struct store *s, const struct lock *l, const char *set,
	struct err *e) MUST_CHECK;

#endif
