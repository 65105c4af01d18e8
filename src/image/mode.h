/*
 * A node's mode as Linux has it in inodes and cpio headers: the kind's S_IF bits with the permission bits.
 */
#ifndef ASSAY_IMAGE_MODE_H
#define ASSAY_IMAGE_MODE_H

#include "tree/tree.h"

uint32_t mode_of_node(const struct node *n);
/* CHARDEV or BLOCKDEV. */
bool mode_is_device(enum node_kind kind);

#endif
