/*
 * The paths of one package in the usr-merged layout: what lies in bin, sbin, lib, lib64, lib32, libx32 and libo32 goes
 * below usr (the links at their old places are kept when they say just that). One path is claimed once, and no path
 * runs through anything but folders.
 */
#ifndef ASSAY_DEB_LAYOUT_H
#define ASSAY_DEB_LAYOUT_H

#include "base/arena.h"
#include "tree/tree.h"

struct layout;

enum { LAYOUT_NODES_MAX = 1000000 };

/* Nodes and paths are the arena's, which must outlive the layout. */
struct layout *layout_new(struct arena *a);
void layout_free(struct layout *l);
void layout_freep(struct layout **l);

/*
 * The path of an entry that its archive calls `name`: "./" at the start and "/" at the end are cut. FORMAT when it is
 * absolute, not canonical or holds control characters. `kind` decides whether "bin" is the folder or the link.
 */
bool layout_path(struct layout *l, struct str name, enum node_kind kind, struct str *ret,
	struct err *e) MUST_CHECK;
/*
 * Adds n (path from layout_path) and returns where it stands, so that its content can be set. A folder that is there
 * with the same mode and owner is not added again. NULL: FORMAT for a path that is there, LIMIT.
 */
struct node *layout_add(struct layout *l, const struct node *n, struct err *e) MUST_CHECK;
/* The file at path that a hard link names; numbers it when this is its first. NULL: FORMAT. */
struct node *layout_linked(struct layout *l, struct str path, struct err *e) MUST_CHECK;
/* When all are added: FORMAT when a path runs through something that is not a folder. */
bool layout_check(const struct layout *l, struct err *e) MUST_CHECK;
/* In the order of adding; borrowed. */
struct node *const *layout_nodes(const struct layout *l, size_t *n);

#endif
