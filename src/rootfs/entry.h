/*
 * Single entries that the root gets beside package contents: generated files, links and folders, with parents made as
 * needed; and reading small text files back out of a tree.
 */
#ifndef ASSAY_ROOTFS_ENTRY_H
#define ASSAY_ROOTFS_ENTRY_H

#include "base/buf.h"
#include "tree/tree.h"

/* Parents that are missing are added as 0755 root:root with the same origin. All bytes and strings are copied. */
bool entry_file(struct tree *t, struct str path, struct span bytes, uint32_t mode,
	const char *origin, struct err *e) MUST_CHECK;
bool entry_link(struct tree *t, struct str path, struct str target, const char *origin,
	struct err *e) MUST_CHECK;
bool entry_folder(struct tree *t, struct str path, const char *origin, struct err *e) MUST_CHECK;
/* As above, but what a package put there gives way. */
bool entry_file_over(struct tree *t, struct str path, struct span bytes, uint32_t mode,
	const char *origin, struct err *e) MUST_CHECK;
bool entry_link_over(struct tree *t, struct str path, struct str target, const char *origin,
	struct err *e) MUST_CHECK;
/* Changes owner or mode (07777 bits) of what stands at path. NOTFOUND. */
bool entry_owner(
	struct tree *t, struct str path, uint32_t uid, uint32_t gid, struct err *e) MUST_CHECK;
bool entry_mode(struct tree *t, struct str path, uint32_t mode, struct err *e) MUST_CHECK;
/* Parents of path only. */
bool entry_parents(struct tree *t, struct str path, const char *origin, struct err *e) MUST_CHECK;

/* The whole content of the file at path, at most max bytes; symbolic links are followed inside the tree (8 deep).
 * out is initialised here. NOTFOUND. */
bool entry_text(const struct tree *t, struct str path, size_t max, struct buf *out,
	struct err *e) MUST_CHECK;
/* The node that path leads to, symbolic links in the last component followed inside the tree; NULL. The tree's
 * folders carry no links after usr-merge but the four at the root, which are resolved too. */
const struct node *entry_resolve(const struct tree *t, struct str path);

#endif
