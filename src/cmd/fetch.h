/*
 * Fetching all that a lock and a description name, with progress on standard error; used by every verb that needs the packages.
 */
#ifndef ASSAY_CMD_FETCH_H
#define ASSAY_CMD_FETCH_H

#include "cmd/progress.h"
#include "lock/lock.h"
#include "net/fetch.h"
#include "store/store.h"

struct mirrors;

/* The mirrors that --mirror names, else those of apt's configuration. NOTFOUND with a hint when there are none. */
bool fetch_mirrors(const struct verb_args *args, struct mirrors **ret, struct err *e) MUST_CHECK;

/*
 * Sets where a file of an archive's pool is asked for: the archive's mirrors, and for one of Debian's point releases, when they
 * have it not, the security archive that it came from, which keeps it below pool/updates. Memory of paths from a.
 */
bool fetch_where(struct fetch_item *item, struct mirrors *m, struct str archive, struct arena *a,
	struct err *e) MUST_CHECK;

/*
 * Puts every package and source package of l, and every git tree and tarball of d, that the store has not into it. Asks
 * nobody when nothing is missing.
 */
bool fetch_inputs(const struct verb_args *args, struct store *s, const struct description *d,
	const struct lock *l, struct err *e) MUST_CHECK;
/* The same within the stage that p shows. */
bool fetch_inputs_in(struct progress *p, const struct verb_args *args, struct store *s,
	const struct description *d, const struct lock *l, struct err *e) MUST_CHECK;
/* The same from mirrors that the caller gathered. */
bool fetch_inputs_from(struct progress *p, struct mirrors *m, struct store *s,
	const struct description *d, const struct lock *l, struct err *e) MUST_CHECK;

/* DIR/assay.yaml; where there is none *ret stays as it is: a lock alone can be fetched and kept, too. */
bool fetch_description(
	struct description *ret, const char *dir, struct arena *a, struct err *e) MUST_CHECK;

#endif
