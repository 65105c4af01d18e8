/*
 * The walk through two things at once: where it stands, and the leaves that it has found. Inside of src/diff only; what
 * a format's comparison (diff_gpt.c, diff_pe.c, ...) is given and calls.
 */
#ifndef ASSAY_DIFF_DIFF_WALK_H
#define ASSAY_DIFF_DIFF_WALK_H

#include "diff/diff.h"

struct diff_walk {
	struct arena *arena;
	struct diff_options options;
	struct str places[DIFF_DEPTH_MAX]; /* the way down to here */
	size_t depth;
	const struct str *kept; /* a copy of the way in the arena, while it holds */
	struct diff_leaf *leaves;
	size_t n_leaves, room, n_more;
	bool full; /* the arena is; said at the end */
};

void diff_walk_init(struct diff_walk *w, const struct diff_options *options, struct arena *arena);
void diff_walk_done(struct diff_walk *w);

/* One place deeper; place must live until diff_walk_leave. False at DIFF_DEPTH_MAX: compare as bytes. */
bool diff_walk_enter(struct diff_walk *w, struct str place) MUST_CHECK;
void diff_walk_leave(struct diff_walk *w);

/* Adds a leaf here; where is filled in, a and b are copied and cut to the window. */
void diff_walk_add(struct diff_walk *w, const struct diff_leaf *leaf);
/* A leaf of this kind whose sides are words. */
void diff_walk_words(struct diff_walk *w, enum diff_kind kind, struct str a, struct str b);
/* A leaf with the words one place deeper: a named field. */
void diff_walk_field(struct diff_walk *w, const char *name, struct str a, struct str b);

#endif
