/*
 * A list of members while a reader makes it: grows on the heap under the limits of diff_member.h and becomes the arena's at
 * the end. A content is given piece by piece; each must lie within the source, and what all pieces of a container may
 * count is bounded, so that a few hostile bytes cannot ask for endless work.
 */
#ifndef ASSAY_DIFF_LIST_H
#define ASSAY_DIFF_LIST_H

#include "diff/diff_member.h"

enum { DIFF_LIST_FACTS_MAX = 16 };

struct diff_list {
	struct arena *arena;
	const struct diff_bytes *src;
	struct diff_member *list;
	size_t n, room;
	struct diff_extent *extents; /* of the content that is being given */
	size_t n_extents, extents_room;
	uint64_t size;     /* of that content so far */
	uint64_t n_pieces; /* of all contents */
	struct diff_fact
		facts[DIFF_LIST_FACTS_MAX]; /* of what is being made: container or member */
	size_t n_facts;
};

/* Both are borrowed. */
void diff_list_init(struct diff_list *l, struct arena *a, const struct diff_bytes *src);
void diff_list_done(struct diff_list *l); /* for CLEANUP */

/* The next piece of a content; FORMAT when the source does not have it, LIMIT. */
bool diff_list_piece(struct diff_list *l, uint64_t at, uint64_t size, struct err *e) MUST_CHECK;
bool diff_list_hole(struct diff_list *l, uint64_t size, struct err *e) MUST_CHECK;
/* Gives the pieces since the last call to m as its size and extents. */
bool diff_list_content(struct diff_list *l, struct diff_member *m, struct err *e) MUST_CHECK;
/* A copy of value; an empty one is no fact. LIMIT beyond DIFF_LIST_FACTS_MAX. */
bool diff_list_fact(struct diff_list *l, const char *name, struct str value, uint64_t at,
	uint64_t size, struct err *e) MUST_CHECK;
/* A number as a fact: in decimal, or with 0x where hex is set. */
bool diff_list_number(struct diff_list *l, const char *name, uint64_t v, bool hex, uint64_t at,
	uint64_t size, struct err *e) MUST_CHECK;
/* The facts since the last call. */
bool diff_list_facts(
	struct diff_list *l, const struct diff_fact **ret, size_t *n, struct err *e) MUST_CHECK;
/* A copy of *m, whose strings are the arena's already. */
bool diff_list_add(struct diff_list *l, const struct diff_member *m, struct err *e) MUST_CHECK;
/* parent "/" name in the arena. FORMAT for a name that is empty, ".", "..", too long, or has '/' or NUL in it. */
bool diff_list_path(struct diff_list *l, struct str *ret, struct str parent, struct str name,
	struct err *e) MUST_CHECK;
/* A copy of the bytes as m's target; LIMIT beyond DIFF_MEMBER_PATH_MAX. */
bool diff_list_target(
	struct diff_list *l, struct diff_member *m, struct span target, struct err *e) MUST_CHECK;
/* A name as an archive gives it, without "/" and "./" at its front, "/" and "/." at its end; "." is "". Borrows. */
struct str diff_list_trimmed(struct str name);
/* A walk through folders keeps their blocks as contents, and links' targets; at its end only files have one. */
void diff_list_hide_folders(struct diff_list *l);
/* The list, and the facts since the last call as the container's. */
bool diff_list_end(
	struct diff_list *l, struct diff_members *ret, uint64_t end, struct err *e) MUST_CHECK;

#endif
