/*
 * Two lists of members held against each other, whatever container they come from: a file system, an archive, a folder of
 * the disk. Which members both have, in which order, what their metadata says, and then what they hold.
 */
#ifndef ASSAY_DIFF_DIFF_MEMBERS_H
#define ASSAY_DIFF_DIFF_MEMBERS_H

#include "diff/diff_member.h"
#include "diff/diff_walk.h"

struct diff_side {
	const struct diff_members *members;
	const struct diff_bytes *source; /* of an image or archive */
	int dir; /* of a folder of the disk, when source is NULL: members are files below it */
};

struct diff_members_how {
	bool no_meta;       /* modes, owners and times mean nothing */
	bool no_times;      /* times mean nothing */
	bool order;         /* the order of the members is part of the format */
	bool inode_numbers; /* the numbers themselves are part of the format */
	enum diff_rule
		identifier; /* for the container's UUID or volume id, when it is made from the content */
	struct diff_extent
		copy; /* a place that repeats another one, in A and in B: no bytes of its own */
};

/* Adds leaves below where the walk stands. Fails as diff_pair, and IO for files of the disk. */
bool diff_members(struct diff_walk *w, const struct diff_side *a, const struct diff_side *b,
	const struct diff_members_how *how, struct err *e) MUST_CHECK;

/*
 * Facts by name, each a field of the innermost place. identifier: the rule for what identifies a container,
 * or none; up as in diff_walk_field.
 */
void diff_members_facts(struct diff_walk *w, const struct diff_fact *a, size_t n_a,
	const struct diff_fact *b, size_t n_b, enum diff_rule identifier, size_t up);

#endif
