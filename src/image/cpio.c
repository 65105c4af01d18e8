#include "image/cpio.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "image/mode.h"
#include "image/stream.h"
#include "base/banned.h"

/*
 * newc header, all fields 8 upper-case hex digits after the magic:
 *   0 "070701"   6 ino       14 mode      22 uid       30 gid        38 nlink     46 mtime
 *  54 filesize  62 devmajor  70 devminor  78 rdevmajor 86 rdevminor  94 namesize 102 check (0)
 */
enum { HEADER_SIZE = 110 };

static const struct str trailer = { "TRAILER!!!", 10 };

struct entry {
	uint32_t ino, mode, uid, gid, nlink, mtime, size, dev_major, dev_minor;
	struct str name;
};

/* One for each inode number of the tree: hard links. */
struct links {
	uint32_t names, written; /* in the tree, so far */
	uint32_t ino;
};

static uint64_t padded(uint64_t n, uint64_t align)
{
	return (n + align - 1) / align * align;
}

static struct str entry_name(const struct node *n)
{
	return n->path.n ? n->path : STR(".");
}

static uint64_t entry_size(size_t name_size, uint64_t body)
{
	return padded(HEADER_SIZE + name_size + 1, 4) + padded(body, 4);
}

/* Counts the names of every inode; owned by the caller. Index 0 is not used. */
static struct links *count_links(const struct node *nodes, size_t n)
{
	uint32_t top = 0;
	struct links *l;

	for (size_t i = 0; i < n; i++)
		if (nodes[i].inode > top)
			top = nodes[i].inode;
	l = mem_array((size_t)top + 1, sizeof *l);
	for (size_t i = 0; i < n; i++)
		l[nodes[i].inode].names++;
	return l;
}

/* Bytes that stand with this name: a hard link's only with its last one. */
static uint64_t body_size(const struct node *n, struct links *links)
{
	if (n->kind == NODE_LINK)
		return n->target.n;
	if (n->kind != NODE_FILE)
		return 0;
	if (n->inode && ++links[n->inode].written < links[n->inode].names)
		return 0;
	return n->content.size;
}

uint64_t cpio_size(const struct tree *t)
{
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);
	CLEANUP(mem_free) struct links *links = count_links(nodes, n);
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += entry_size(entry_name(&nodes[i]).n, body_size(&nodes[i], links));
	return padded(sum + entry_size(trailer.n, 0), CPIO_ALIGN);
}

static bool check(const struct node *n, struct err *e)
{
	if (n->n_xattrs)
		return err_set(e, ERR_FORMAT,
			"cpio: '%.*s' has extended attributes, which newc cannot hold",
			STR_ARG(n->path));
	if (n->mtime_unix < 0 || n->mtime_unix > UINT32_MAX)
		return err_set(e, ERR_FORMAT,
			"cpio: the time of '%.*s' is %lld, wanted 0 to 2^32-1", STR_ARG(n->path),
			(long long)n->mtime_unix);
	if (n->kind == NODE_FILE && n->content.size > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "cpio: '%.*s' has %llu bytes, limit 2^32-1",
			STR_ARG(n->path), (unsigned long long)n->content.size);
	return true;
}

static void write_header(struct stream *s, const struct entry *en)
{
	char text[HEADER_SIZE + 1];

	snprintf(text, sizeof text, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		en->ino, en->mode, en->uid, en->gid, en->nlink, en->mtime, en->size, 0u, 0u,
		en->dev_major, en->dev_minor, (uint32_t)en->name.n + 1, 0u);
	stream_add(s, text, HEADER_SIZE);
	stream_add(s, en->name.p, en->name.n);
	stream_zero(s, 1);
	stream_align(s, 4);
}

static void write_node(
	struct stream *s, const struct node *n, struct links *links, uint32_t *last_ino)
{
	struct links *link = n->inode ? &links[n->inode] : NULL;
	uint64_t size = body_size(n, links);
	struct entry en = {
		.mode = mode_of_node(n),
		.uid = n->uid,
		.gid = n->gid,
		.nlink = n->kind == NODE_FOLDER ? 2
			 : link                 ? link->names
						: 1,
		.mtime = (uint32_t)n->mtime_unix,
		.size = (uint32_t)size,
		.name = entry_name(n),
	};

	if (mode_is_device(n->kind)) {
		en.dev_major = n->dev_major;
		en.dev_minor = n->dev_minor;
	}
	en.ino = link && link->ino ? link->ino : ++*last_ino;
	if (link)
		link->ino = en.ino;
	write_header(s, &en);
	if (n->kind == NODE_LINK)
		stream_add(s, n->target.p, n->target.n);
	else if (size)
		stream_content(s, &n->content, 0, size);
	stream_align(s, 4);
}

bool cpio_emit(const struct tree *t, struct sink *to, struct err *e)
{
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);
	CLEANUP(mem_free) struct links *links = count_links(nodes, n);
	CLEANUP(stream_done) struct stream s;
	uint32_t last_ino = 0;

	stream_init(&s, to, e);
	for (size_t i = 0; i < n && !s.failed; i++) {
		if (!check(&nodes[i], e))
			return false;
		write_node(&s, &nodes[i], links, &last_ino);
	}
	write_header(&s, &(struct entry){ .nlink = 1, .name = trailer });
	stream_align(&s, CPIO_ALIGN);
	return stream_end(&s);
}
