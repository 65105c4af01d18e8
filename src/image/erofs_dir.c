#include "image/erofs_dir.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

enum { DIRENT_SIZE = 12 };

static const struct str dots[] = { { ".", 1 }, { "..", 2 } };

struct entry {
	struct str name;
	uint32_t node;
};

void erofs_dir_init(struct erofs_dir *d, const struct erofs *p, uint32_t folder)
{
	*d = (struct erofs_dir){ p, folder, p->first_child[folder], 0 };
}

/* Takes the next entry in order; false at the end. */
static bool next(struct erofs_dir *d, struct entry *ret)
{
	struct str name = d->child ? tree_name(d->p->nodes[d->child].path) : STR("");

	if (d->dots < ARRAY_LEN(dots) && (!d->child || str_compare(dots[d->dots], name) < 0)) {
		ret->name = dots[d->dots];
		ret->node = d->dots ? d->p->parent[d->folder] : d->folder;
		d->dots++;
		return true;
	}
	if (!d->child)
		return false;
	ret->name = name;
	ret->node = d->child;
	d->child = d->p->next_sibling[d->child];
	return true;
}

/* Moves over the entries that fit into one block; gives their number and the bytes they take. */
static size_t skip_block(struct erofs_dir *d, size_t *n)
{
	struct erofs_dir ahead = *d;
	struct entry en;
	size_t used = 0;

	*n = 0;
	while (next(&ahead, &en) && used + DIRENT_SIZE + en.name.n <= EROFS_BLOCK) {
		used += DIRENT_SIZE + en.name.n;
		(*n)++;
		*d = ahead;
	}
	return used;
}

uint64_t erofs_dir_size(const struct erofs *p, uint32_t folder)
{
	struct erofs_dir d;
	uint64_t blocks = 0;
	size_t used, last = 0, n;

	erofs_dir_init(&d, p, folder);
	for (; (used = skip_block(&d, &n)) > 0; blocks++)
		last = used;
	return (blocks - 1) * EROFS_BLOCK + last; /* "." and ".." are always there */
}

/* EROFS_FT_* */
static uint8_t file_type(enum node_kind kind)
{
	static const uint8_t types[] = {
		[NODE_FILE] = 1,
		[NODE_FOLDER] = 2,
		[NODE_CHARDEV] = 3,
		[NODE_BLOCKDEV] = 4,
		[NODE_FIFO] = 5,
		[NODE_LINK] = 7,
	};

	return types[kind];
}

size_t erofs_dir_block(struct erofs_dir *d, uint8_t block[static EROFS_BLOCK])
{
	struct erofs_dir from = *d;
	struct entry en;
	size_t n, used = skip_block(d, &n), name_at = n * DIRENT_SIZE;

	memset(block, 0, EROFS_BLOCK);
	for (size_t i = 0; i < n && next(&from, &en); i++) {
		const struct erofs_inode *inode = &d->p->inodes[d->p->inode_of[en.node]];
		uint8_t *dirent = block + i * DIRENT_SIZE;

		put_u64le(dirent, inode->at / EROFS_SLOT);
		put_u16le(dirent + 8, (uint16_t)name_at);
		dirent[10] = file_type(d->p->nodes[en.node].kind);
		memcpy(block + name_at, en.name.p, en.name.n);
		name_at += en.name.n;
	}
	return used;
}
