/*
 * Trees for the tests of the image writers, made from nothing but this text: a small fixed one for golden
 * digests, and one with every shape and size at which a writer can go wrong.
 */
#ifndef ASSAY_TEST_IMAGE_TREES_H
#define ASSAY_TEST_IMAGE_TREES_H

#include <stdbool.h>

#include "base/err.h"
#include "tree/tree.h"

enum { IMAGE_TREES_CLAMP = 1700000000 };

/* A dozen nodes of all kinds. Fails only on a bug; the caller frees *ret. */
bool image_trees_small(struct tree **ret, struct err *e) MUST_CHECK;
/*
 * Thousands of nodes: names of every length, entries that sort before "." and "..", sizes around every block
 * border, hard links, links of every length, devices, ids of 32 bits. Without xattrs a cpio can hold it.
 */
bool image_trees_all_shapes(struct tree **ret, bool xattrs, struct err *e) MUST_CHECK;
/* n bytes that depend on seed alone, in the arena of t, as content. */
void image_trees_bytes(struct tree *t, uint32_t seed, size_t n, struct content *ret);

#endif
