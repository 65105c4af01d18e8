/*
 * Many user and group ids in the box, for steps that must give files to others: 0..BOX_IDS-1, instead of the caller's
 * alone. Root maps them onto the same numbers outside. An ordinary user has them from /etc/subuid and /etc/subgid (subuid(5)),
 * mapped by newuidmap(1) and newgidmap(1): 0 inside is the user, 1 and above are the range.
 */
#ifndef ASSAY_BOX_BOX_IDS_H
#define ASSAY_BOX_BOX_IDS_H

#include <sys/types.h>

#include "base/err.h"

enum { BOX_IDS = 65536 };

/* Who writes the maps: a process that stays outside, since the one inside has no right to. */
struct box_ids {
	pid_t helper;
	int gate; /* closing it without a byte ends the helper */
};

/*
 * To be called before the user namespace is entered. Fails: NOTFOUND when the user has no range of ids or newuidmap is
 * not there, with a hint that says how to get them.
 */
bool box_ids_prepare(struct box_ids *ret, struct err *e) MUST_CHECK;
/* In the new user namespace: this process has id 0 afterwards and no further groups. Fails: IO. */
bool box_ids_map(struct box_ids *ids, struct err *e) MUST_CHECK;
/* Ends a helper that was not used. */
void box_ids_done(struct box_ids *ids);

#endif
