/*
 * Two areas of dm-verity hashes: the superblock's fields where veritysetup wrote one (cryptsetup: verity on-disk format),
 * and the tree, which follows from the data and the salt.
 */
#ifndef ASSAY_DIFF_DIFF_VERITY_H
#define ASSAY_DIFF_DIFF_VERITY_H

#include "diff/diff_walk.h"

/* up: where the data stands that the tree is made from, see diff_walk_add_ruled. */
void diff_verity(struct diff_walk *w, struct span a, struct span b, size_t up);

#endif
