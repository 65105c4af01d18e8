/*
 * The inside of a tree, shared by tree.c (adding and claiming) and tree_order.c (finishing); nobody else includes it.
 */
#ifndef ASSAY_TREE_TREE_ENTRIES_H
#define ASSAY_TREE_TREE_ENTRIES_H

#include "base/map.h"
#include "tree/tree.h"

struct entry {
	struct node node;
	bool gone; /* removed; the map cannot forget, so the entry waits for its path to be claimed again */
};

struct preference {
	struct str glob, origin;
	struct preference *next;
};

struct tree {
	struct arena *arena;
	struct map *by_path; /* path -> struct entry */
	struct entry **entries;
	size_t n, room;
	struct preference *preferences; /* the first that fits decides */
	struct preference **last_preference;
	struct str last_origin; /* most nodes come from the same place as the one before */
	struct node *nodes;     /* after tree_finish, in order */
	size_t n_nodes;
	bool finished;
};

/* Same names and values in the same order. */
bool tree_same_xattrs(const struct node *a, const struct node *b);

#endif
