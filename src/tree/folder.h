/*
 * A folder of the disk as part of a tree: overlays, and what a build step left. What the machine may leak is taken out:
 * of a mode only the owner's x bit counts (files 0755 or 0644, folders 0755), the owner is root:root, times are 0,
 * xattrs and ACLs are left behind, hard links become files of their own. Symbolic links are kept and never followed.
 */
#ifndef ASSAY_TREE_FOLDER_H
#define ASSAY_TREE_FOLDER_H

#include "tree/tree.h"

enum { FOLDER_DEPTH_MAX = 64, FOLDER_ENTRIES_MAX = 1000000 };

/*
 * Puts the bytes of an open regular file where they can be read later and fills *ret (source, size, digest). The source
 * must outlive the tree; fd stays the caller's and is read from its start (use pread).
 */
struct folder_put {
	bool (*put)(void *ctx, int fd, struct content *ret, struct err *e);
	void *ctx;
};

/*
 * Adds everything in the folder `path` (relative to the descriptor dir, not itself a link) below `prefix` (a tree path;
 * "" for the root) with this origin, in the order of names. The folder itself is added at prefix, as are the parents of
 * prefix. A folder that stands in the tree already keeps its mode and owner: those of the disk mean nothing. Fails
 * FORMAT for a socket, device or fifo, named, LIMIT, IO, and as tree_add.
 */
bool tree_from_folder(struct tree *t, int dir, const char *path, struct str prefix,
	struct str origin, const struct folder_put *put, struct err *e) MUST_CHECK;

#endif
