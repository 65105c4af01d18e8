/*
 * The paths of a tree that match a glob, in the tree's order; works before and after tree_finish.
 */
#ifndef ASSAY_TREE_LIST_H
#define ASSAY_TREE_LIST_H

#include "tree/tree.h"

struct tree_list {
	struct str
		*paths; /* the strings are the tree's and stay when nodes are replaced or removed */
	size_t n;
};

/* Replaces what *ret held. */
void tree_list(const struct tree *t, struct str glob, struct tree_list *ret);
void tree_list_done(struct tree_list *l);

#endif
