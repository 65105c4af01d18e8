#include "deb/tar_write.h"

#include <stdio.h>

#include "base/banned.h"

enum {
	BLOCK = 512,
	NAME_MAX_HERE = 100,
	PREFIX_MAX = 155,
	LINK_MAX_HERE = 100,
};

#define SIZE_MAX_HERE UINT64_C(077777777777)
#define OWNER_MAX_HERE 07777777U

/* An octal number of `digits` digits and its NUL. */
static void put_octal(uint8_t *p, int digits, uint64_t v)
{
	p[digits] = 0;
	while (digits--) {
		p[digits] = (uint8_t)('0' + (v & 7));
		v >>= 3;
	}
}

/* "./" and the path, a folder with a '/' at its end; a long name is cut at a '/' into prefix and name. */
static bool put_name(uint8_t *header, const struct node *n, struct err *e)
{
	char name[TREE_PATH_MAX + 4];
	int size = snprintf(name, sizeof name, "./%.*s%s", STR_ARG(n->path),
		n->kind == NODE_FOLDER && n->path.n ? "/" : "");
	size_t all = (size_t)size, cut = 0;

	if (all > NAME_MAX_HERE)
		for (cut = all - NAME_MAX_HERE - 1; cut < all - 1 && name[cut] != '/'; cut++)
			;
	if (cut > PREFIX_MAX || (cut && cut >= all - 1))
		return err_set(e, ERR_LIMIT, "'%.*s' is too long a name for a package of ours",
			STR_ARG(n->path));
	memcpy(header + 345, name, cut);
	memcpy(header, name + cut + (cut != 0), all - cut - (cut != 0));
	return true;
}

static bool check(const struct node *n, struct err *e)
{
	bool known = n->kind == NODE_FOLDER || n->kind == NODE_FILE || n->kind == NODE_LINK;

	if (!known || n->inode || n->n_xattrs)
		return err_set(e, ERR_FORMAT, "'%.*s' is %s: a package of ours has none",
			STR_ARG(n->path),
			!known     ? "a device or a fifo"
			: n->inode ? "one of several names of a file"
				   : "a file with extended attributes");
	if (n->kind == NODE_FILE && n->content.size > SIZE_MAX_HERE)
		return err_set(e, ERR_LIMIT, "'%.*s' is larger than 8 GiB", STR_ARG(n->path));
	if (n->kind == NODE_LINK && n->target.n > LINK_MAX_HERE)
		return err_set(e, ERR_LIMIT, "the link '%.*s' has a target of more than %d bytes",
			STR_ARG(n->path), LINK_MAX_HERE);
	if (n->uid > OWNER_MAX_HERE || n->gid > OWNER_MAX_HERE)
		return err_set(e, ERR_LIMIT,
			"'%.*s' is of user %u and group %u, and the limit is %u", STR_ARG(n->path),
			n->uid, n->gid, OWNER_MAX_HERE);
	if (n->mtime_unix < 0 || (uint64_t)n->mtime_unix > SIZE_MAX_HERE)
		return err_set(
			e, ERR_LIMIT, "'%.*s' has a time that is out of range", STR_ARG(n->path));
	return true;
}

static bool put_header(struct buf *out, const struct node *n, struct err *e)
{
	uint8_t h[BLOCK] = { 0 };
	uint64_t sum = 0;

	if (!check(n, e) || !put_name(h, n, e))
		return false;
	put_octal(h + 100, 7, n->mode & 07777);
	put_octal(h + 108, 7, n->uid);
	put_octal(h + 116, 7, n->gid);
	put_octal(h + 124, 11, n->kind == NODE_FILE ? n->content.size : 0);
	put_octal(h + 136, 11, (uint64_t)n->mtime_unix);
	memset(h + 148, ' ', 8);
	h[156] = n->kind == NODE_FOLDER ? '5' : n->kind == NODE_LINK ? '2' : '0';
	if (n->kind == NODE_LINK)
		memcpy(h + 157, n->target.p, n->target.n);
	memcpy(h + 257,
		"ustar\0"
		"00",
		8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += h[i];
	put_octal(h + 148, 6, sum);
	buf_add(out, h, BLOCK);
	return true;
}

static bool put_content(struct buf *out, const struct content *c, struct err *e)
{
	uint8_t piece[64 * BLOCK];

	for (uint64_t at = 0; at < c->size && buf_ok(out);) {
		size_t n = c->size - at < sizeof piece ? (size_t)(c->size - at) : sizeof piece;

		if (!content_read(c, at, piece, n, e))
			return false;
		buf_add(out, piece, n);
		at += n;
	}
	buf_fill(out, 0, (size_t)(-c->size % BLOCK));
	return true;
}

bool tar_write(struct buf *out, const struct tree *t, struct err *e)
{
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	for (size_t i = 0; i < n; i++) {
		if (!put_header(out, &nodes[i], e))
			return false;
		if (nodes[i].kind == NODE_FILE && !put_content(out, &nodes[i].content, e))
			return err_wrap(e, "'%.*s'", STR_ARG(nodes[i].path));
	}
	buf_fill(out, 0, 2 * BLOCK);
	return buf_ok(out) || buf_full(out, "tar archive", e);
}
