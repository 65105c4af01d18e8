/*
 * Hard links of one container: for each member the name that its file is known by, which is the first one in the order of
 * paths. Numbers of inodes differ between file systems; who is linked with whom does not.
 */
#ifndef ASSAY_DIFF_DIFF_LINKS_H
#define ASSAY_DIFF_DIFF_LINKS_H

#include "diff/diff_member.h"

struct diff_links {
	const struct diff_member *
		*by_inode; /* members with an inode number, by it and then by path */
	size_t n;
};

/* sorted: all members by path. */
void diff_links_init(struct diff_links *l, const struct diff_member *const *sorted, size_t n);
void diff_links_done(struct diff_links *l);
/* The first name of m's file; m's own when it stands alone. */
struct str diff_links_first(const struct diff_links *l, const struct diff_member *m);

#endif
