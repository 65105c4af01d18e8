/*
 * What two members of one path say of themselves beside their content: mode, owner, time, extended attributes, targets of
 * links, and what only their format has.
 */
#ifndef ASSAY_DIFF_DIFF_METADATA_H
#define ASSAY_DIFF_DIFF_METADATA_H

#include "diff/diff_members.h"

/* Both are of one kind. */
void diff_metadata(struct diff_walk *w, const struct diff_member *a, const struct diff_member *b,
	const struct diff_members_how *how);

#endif
