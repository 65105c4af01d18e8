/*
 * A file tree as a value: path, kind, mode, owner, times, xattrs, content. No file system is involved; a tree is made
 * by readers of packages, overlays and generators, merged under the rule that a path is claimed once, and read in one
 * order by every image writer.
 *
 * Paths have no leading or trailing slash, no empty, "." or ".." component; the root is "". Order: bytewise by
 * component (so that a folder stands directly before what is in it); see tree_path_compare.
 */
#ifndef ASSAY_TREE_TREE_H
#define ASSAY_TREE_TREE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "tree/content.h"

enum {
	TREE_PATH_MAX = 4095, /* PATH_MAX without its NUL */
	TREE_NAME_MAX = 255,  /* NAME_MAX */
	TREE_NODES_MAX = 4000000,
	TREE_XATTRS_MAX = 64,         /* of one node */
	TREE_XATTR_VALUE_MAX = 65535, /* XATTR_SIZE_MAX - 1 */
};

enum node_kind { NODE_FOLDER, NODE_FILE, NODE_LINK, NODE_CHARDEV, NODE_BLOCKDEV, NODE_FIFO };

struct xattr {
	struct str name; /* with its prefix: "security.capability" */
	struct span value;
};

struct node {
	struct str path;
	enum node_kind kind;
	uint32_t mode; /* permission bits with setuid, setgid, sticky: 07777 */
	uint32_t uid, gid;
	int64_t mtime_unix;            /* 0: none; generated and overlay files have none */
	struct content content;        /* FILE */
	struct str target;             /* LINK */
	uint32_t dev_major, dev_minor; /* CHARDEV, BLOCKDEV */
	const struct xattr *xattrs;    /* sorted by name */
	size_t n_xattrs;
	/*
	 * FILE: names of one inode share a non-zero number; 0 stands alone. Each of them carries the content. After
	 * tree_finish the numbers are 1, 2, ... in the order of their first path.
	 */
	uint32_t inode;
	/* Who claims it: "package:NAME", "overlay:PATH", "generated:WHAT", "component:NAME". */
	struct str origin;
};

struct tree;

/* A tree whose metadata is bounded by max_bytes. It owns copies of all strings; content sources are borrowed. */
struct tree *tree_new(size_t max_bytes);
void tree_free(struct tree *t);
void tree_freep(struct tree **t); /* for CLEANUP */
/* Memory that lives as long as the tree, for contents made on the way. */
struct arena *tree_arena(struct tree *t);

/*
 * Adds a copy of *n. Folders merge when mode and owner agree (the first origin stays). Anything else that claims a path
 * twice fails: MISMATCH with both origins, unless tree_prefer named the winner. Fails FORMAT for a path that is not
 * canonical or holds control characters, LIMIT.
 */
bool tree_add(struct tree *t, const struct node *n, struct err *e) MUST_CHECK;
/* As tree_add, but what stood there before gives way (a folder only to a folder). */
bool tree_replace(struct tree *t, const struct node *n, struct err *e) MUST_CHECK;
/* From now on `origin` wins where it and another claim the same path matching the glob. */
bool tree_prefer(struct tree *t, struct str glob, struct str origin, struct err *e) MUST_CHECK;
/* Removes what matches the glob, folders with all below; *n_ret counts. */
void tree_remove(struct tree *t, struct str glob, size_t *n_ret);
/* Removes the node at exactly this path, which is no folder; false when there is none. */
bool tree_remove_node(struct tree *t, struct str path);
/* Node at path, or NULL; valid until the tree changes. */
const struct node *tree_find(const struct tree *t, struct str path);

/*
 * Completes the tree: missing parent folders are an error (FORMAT, named), nodes are sorted, inode numbers renumbered,
 * times clamped to at most clamp_unix; a time of 0 is none, and becomes clamp_unix. After it the tree is read only.
 */
bool tree_finish(struct tree *t, int64_t clamp_unix, struct err *e) MUST_CHECK;
/* After tree_finish: the nodes in order, the root first. */
const struct node *tree_nodes(const struct tree *t, size_t *n);
/* After tree_finish: SHA-256 over a canonical listing of all metadata and content digests (not origins). */
void tree_digest(const struct tree *t, uint8_t out[static SHA256_SIZE]);

int tree_path_compare(struct str a, struct str b);
/* FORMAT with the reason unless path is canonical as described above. */
bool tree_check_path(struct str path, struct err *e) MUST_CHECK;
/* The path's parent ("" for a top-level path) and last component. */
struct str tree_parent(struct str path);
struct str tree_name(struct str path);

#endif
