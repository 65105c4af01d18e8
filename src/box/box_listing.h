/*
 * What a root of the box's own had become when the commands were done: a list of its entries in the order of a tree, and
 * beside it the bytes of its files, one after the other in the same order. The writer is the box's first process, but
 * hostile programs ran beside it: the reader trusts nothing.
 *
 *   0  8  "boxroot1"                      of each entry:
 *                                         0 1 kind (enum node_kind; 255: the end)   19 2 size of the path
 *                                         1 2 mode   3 4 user   7 4 group           21 2 size of the link's target
 *                                        11 8 size of the content                   23   path, target
 */
#ifndef ASSAY_BOX_BOX_LISTING_H
#define ASSAY_BOX_BOX_LISTING_H

#include "base/buf.h"
#include "base/rd.h"
#include "tree/tree.h"

/* Names in the output folder of the job. */
#define BOX_LISTING_LIST "root.list"
#define BOX_LISTING_DATA "root.data"

enum { BOX_LISTING_MAX = 256 << 20 };

void box_listing_begin(struct buf *b);
/* Folders, files, links and fifos; of the content only its size. */
void box_listing_add(struct buf *b, const struct node *n);
void box_listing_end(struct buf *b);

struct box_listing {
	struct rd r;
	uint64_t at;        /* of the next content */
	uint64_t data_size; /* of all contents: what the entries may claim */
};

bool box_listing_open(
	struct box_listing *ret, struct span list, uint64_t data_size, struct err *e) MUST_CHECK;
/*
 * The next entry: path (checked: tree_check_path), kind, mode, owner, target, and of the content at and size; strings
 * borrow the list. Fails FORMAT for what the writer does not write, and where contents and data differ in size.
 */
bool box_listing_next(
	struct box_listing *l, struct node *ret, bool *found, struct err *e) MUST_CHECK;

#endif
