/* Shared by input_tree.c (what archives have, under their paths) and input_tree_source.c (the description and what it names). */
#ifndef ASSAY_BUILD_INPUT_TREE_INSIDE_H
#define ASSAY_BUILD_INPUT_TREE_INSIDE_H

#include "build/input_tree.h"

#define INPUT_TREE_ORIGIN "generated:archive"

struct input_tree {
	struct tree *t;
	struct tree *sources; /* what lies in source/, for its list */
	const struct inputs *in;
	struct store *s;
	struct arena *a;
	struct str folder; /* of assay.yaml in the tree: "source/examples/hello" */
	size_t *n_missing;
	bool is_small;
};

/* An object as a file's content, opened when it is read. NOTFOUND where the store has it not. */
bool input_tree_content(
	struct input_tree *m, const uint8_t *sha256, struct content *ret, struct err *e) MUST_CHECK;
/* The object, and a link to it at path. An object may have several names. */
bool input_tree_add(
	struct input_tree *m, struct str path, const uint8_t *sha256, struct err *e) MUST_CHECK;
/* A text in a folder of the tree, unless a component has named the same file. */
bool input_tree_text(struct input_tree *m, struct str folder, const char *name, struct span bytes,
	struct err *e) MUST_CHECK;

/* source/, description, sources/ */
bool input_tree_description(struct input_tree *m, struct err *e) MUST_CHECK;
/* sources.json, of what is in source/ by then */
bool input_tree_list(struct input_tree *m, struct err *e) MUST_CHECK;

#endif
