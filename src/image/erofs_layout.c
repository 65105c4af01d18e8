#include "image/erofs_layout.h"

#include <string.h>

#include "base/mem.h"
#include "image/erofs_dir.h"
#include "image/erofs_xattr.h"
#include "image/mode.h"
#include "base/banned.h"

enum { MAJOR_MAX = (1 << 12) - 1, MINOR_MAX = (1 << 20) - 1, LINK_MAX = TREE_PATH_MAX };

void erofs_free(struct erofs *p)
{
	if (!p)
		return;
	mem_free(&p->inodes);
	mem_free(&p->inode_of);
	mem_free(&p->parent);
	mem_free(&p->first_child);
	mem_free(&p->next_sibling);
	mem_free(&p->parts);
	mem_free(&p);
}

void erofs_freep(struct erofs **p)
{
	erofs_free(*p);
}

uint64_t erofs_size(const struct erofs *p)
{
	return p->n_blocks * EROFS_BLOCK;
}

static bool is_below(struct str path, struct str folder)
{
	return folder.n == 0 || (path.n > folder.n && path.p[folder.n] == '/' &&
					memcmp(path.p, folder.p, folder.n) == 0);
}

/*
 * The order of the tree has every folder directly before what is in it: the parent is found by climbing from
 * the last node.
 */
static void link_folders(struct erofs *p)
{
	uint32_t *last_child = mem_array(p->n_nodes, sizeof *last_child);
	uint32_t up = 0;

	for (uint32_t i = 1; i < p->n_nodes; i++) {
		up = i - 1;
		while (p->nodes[up].kind != NODE_FOLDER ||
			!is_below(p->nodes[i].path, p->nodes[up].path))
			up = p->parent[up];
		p->parent[i] = up;
		if (last_child[up])
			p->next_sibling[last_child[up]] = i;
		else
			p->first_child[up] = i;
		last_child[up] = i;
	}
	mem_free(&last_child);
}

/* Gives every node its inode: names with one tree inode number share one. */
static void number_inodes(struct erofs *p)
{
	uint32_t *first = mem_array(p->n_nodes + 1, sizeof *first); /* by tree number, plus 1 */

	for (uint32_t i = 0; i < p->n_nodes; i++) {
		uint32_t group = p->nodes[i].inode;

		if (group && first[group]) {
			p->inode_of[i] = first[group] - 1;
		} else {
			p->inode_of[i] = (uint32_t)p->n_inodes;
			p->inodes[p->n_inodes++].node = i;
		}
		if (group)
			first[group] = p->inode_of[i] + 1;
		p->inodes[p->inode_of[i]].n_links++;
		if (p->nodes[i].kind == NODE_FOLDER) {
			p->inodes[p->inode_of[i]].n_links = 2;
			if (i)
				p->inodes[p->inode_of[p->parent[i]]].n_links++;
		}
	}
	mem_free(&first);
}

static bool check_node(const struct node *n, struct err *e)
{
	if (mode_is_device(n->kind) && (n->dev_major > MAJOR_MAX || n->dev_minor > MINOR_MAX))
		return err_set(e, ERR_LIMIT, "erofs: device '%.*s' is %u:%u, limit %d:%d",
			STR_ARG(n->path), n->dev_major, n->dev_minor, MAJOR_MAX, MINOR_MAX);
	if (n->kind == NODE_LINK && n->target.n > LINK_MAX)
		return err_set(e, ERR_LIMIT, "erofs: link '%.*s' has %zu bytes, limit %d",
			STR_ARG(n->path), n->target.n, LINK_MAX);
	if (n->kind == NODE_LINK && !n->target.n)
		return err_set(e, ERR_FORMAT, "erofs: link '%.*s' is empty", STR_ARG(n->path));
	return true;
}

static uint64_t data_size(const struct erofs *p, uint32_t node)
{
	switch (p->nodes[node].kind) {
	case NODE_FOLDER:
		return erofs_dir_size(p, node);
	case NODE_FILE:
		return p->nodes[node].content.size;
	case NODE_LINK:
		return p->nodes[node].target.n;
	case NODE_CHARDEV:
	case NODE_BLOCKDEV:
	case NODE_FIFO:
		break;
	}
	return 0;
}

static uint64_t aligned(uint64_t at, uint64_t align)
{
	return (at + align - 1) / align * align;
}

/*
 * Puts the inode at the first place from `at` where neither its 64 bytes nor its tail cross a block (the
 * kernel refuses such tails), and returns where the next may begin. Links are inline whenever they fit: the
 * kernel keeps those.
 */
static uint64_t place(struct erofs_inode *i, enum node_kind kind, uint64_t at)
{
	uint64_t head = EROFS_INODE_SIZE + i->xattrs_size, whole;
	uint32_t tail = (uint32_t)(i->size % EROFS_BLOCK);

	if ((tail > EROFS_TAIL_MAX && kind != NODE_LINK) || head + tail > EROFS_BLOCK)
		tail = 0;
	whole = tail ? head + tail : EROFS_INODE_SIZE;
	if (at % EROFS_BLOCK + whole > EROFS_BLOCK)
		at = aligned(at, EROFS_BLOCK);
	i->at = at;
	i->tail = tail;
	return aligned(at + head + tail, EROFS_SLOT);
}

/* Blocks of the kind's inodes from *block on. */
static void place_blocks(struct erofs *p, bool files, uint64_t *block)
{
	for (size_t i = 0; i < p->n_inodes; i++) {
		struct erofs_inode *inode = &p->inodes[i];

		if (!erofs_layout_is_in_blocks(p, inode, files))
			continue;
		inode->block = (uint32_t)*block; /* beyond 2^32 the whole layout is refused below */
		*block += erofs_layout_blocks(inode);
	}
}

/* files_at: the first block of files. */
static void divide(struct erofs *p, uint64_t files_at)
{
	struct erofs_part *last;

	p->parts = mem_array(2 + (p->n_blocks - files_at) / EROFS_PART_BLOCKS, sizeof *p->parts);
	p->n_parts = 1;
	for (size_t i = 0; i < p->n_inodes; i++) {
		const struct erofs_inode *inode = &p->inodes[i];

		if (!erofs_layout_is_in_blocks(p, inode, true))
			continue;
		last = &p->parts[p->n_parts - 1];
		if (p->n_parts == 1 || inode->block - last->block >= EROFS_PART_BLOCKS) {
			last = &p->parts[p->n_parts++];
			last->first = i;
			last->block = inode->block;
		}
		last->end = i + 1;
	}
}

static bool lay_out(struct erofs *p, struct err *e)
{
	uint64_t at = EROFS_META_AT, block, files_at;

	for (size_t i = 0; i < p->n_inodes; i++) {
		struct erofs_inode *inode = &p->inodes[i];
		const struct node *n = &p->nodes[inode->node];

		if (!check_node(n, e) || !erofs_xattr_size(n, &inode->xattrs_size, e))
			return false;
		inode->size = data_size(p, inode->node);
		at = place(inode, n->kind, at);
	}
	block = aligned(at, EROFS_BLOCK) / EROFS_BLOCK;
	place_blocks(p, false, &block);
	files_at = block;
	place_blocks(p, true, &block);
	if (block > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "erofs: the image takes %llu blocks, limit 2^32-1",
			(unsigned long long)block);
	p->n_blocks = block;
	divide(p, files_at);
	return true;
}

bool erofs_plan(
	struct erofs **ret, const struct tree *t, const struct erofs_options *o, struct err *e)
{
	CLEANUP(erofs_freep) struct erofs *p = MEM_NEW(struct erofs);
	struct str volume = str_of(o->volume);

	if (volume.n > EROFS_VOLUME_MAX)
		return err_set(e, ERR_LIMIT, "erofs: volume name '%s' has more than %d bytes",
			o->volume, EROFS_VOLUME_MAX);
	if (volume.n)
		memcpy(p->volume, volume.p, volume.n);
	memcpy(p->uuid, o->uuid, sizeof p->uuid);
	p->build_time_unix = o->build_time_unix;
	p->nodes = tree_nodes(t, &p->n_nodes);
	p->inodes = mem_array(p->n_nodes, sizeof *p->inodes);
	p->inode_of = mem_array(p->n_nodes, sizeof *p->inode_of);
	p->parent = mem_array(p->n_nodes, sizeof *p->parent);
	p->first_child = mem_array(p->n_nodes, sizeof *p->first_child);
	p->next_sibling = mem_array(p->n_nodes, sizeof *p->next_sibling);
	link_folders(p);
	number_inodes(p);
	if (!lay_out(p, e))
		return false;
	*ret = TAKE(p);
	return true;
}
