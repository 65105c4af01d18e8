#include "box/box_listing.h"

#include "base/banned.h"

enum { END = 255, MAGIC_SIZE = 8, MODE_BITS = 07777 };

static const char magic[MAGIC_SIZE + 1] = "boxroot1";

void box_listing_begin(struct buf *b)
{
	buf_add(b, magic, MAGIC_SIZE);
}

void box_listing_add(struct buf *b, const struct node *n)
{
	buf_u8(b, (uint8_t)n->kind);
	buf_u16le(b, (uint16_t)n->mode);
	buf_u32le(b, n->uid);
	buf_u32le(b, n->gid);
	buf_u64le(b, n->content.size);
	buf_u16le(b, (uint16_t)n->path.n);
	buf_u16le(b, (uint16_t)n->target.n);
	buf_add_str(b, n->path);
	buf_add_str(b, n->target);
}

void box_listing_end(struct buf *b)
{
	buf_u8(b, END);
}

bool box_listing_open(struct box_listing *ret, struct span list, uint64_t data_size, struct err *e)
{
	struct rd r = rd_of(list);
	struct span head = rd_bytes(&r, MAGIC_SIZE);

	if (!rd_ok(&r) || memcmp(head.p, magic, MAGIC_SIZE) != 0)
		return err_set(e, ERR_FORMAT, "no list of the box's root");
	*ret = (struct box_listing){ r, 0, data_size };
	return true;
}

static struct str text(struct rd *r, size_t n)
{
	struct span s = rd_bytes(r, n);

	return str_make((const char *)s.p, s.n);
}

static bool check(const struct box_listing *l, const struct node *n, struct err *e)
{
	if (!tree_check_path(n->path, e))
		return false;
	if (n->kind != NODE_FOLDER && n->kind != NODE_FILE && n->kind != NODE_LINK &&
		n->kind != NODE_FIFO)
		return err_set(e, ERR_FORMAT, "'%.*s' is of kind %d", STR_ARG(n->path), n->kind);
	if ((n->mode & ~(uint32_t)MODE_BITS) || (n->kind == NODE_LINK) != (n->target.n > 0) ||
		(n->kind != NODE_FILE && n->content.size))
		return err_set(e, ERR_FORMAT, "'%.*s' makes no sense", STR_ARG(n->path));
	if (n->content.size > l->data_size - l->at)
		return err_set(e, ERR_FORMAT, "the content of '%.*s' is cut", STR_ARG(n->path));
	return true;
}

bool box_listing_next(struct box_listing *l, struct node *ret, bool *found, struct err *e)
{
	struct node n = { 0 };
	uint8_t kind = rd_u8(&l->r);
	size_t path, target;

	*found = false;
	if (kind == END && rd_done(&l->r))
		return l->at == l->data_size ||
		       err_set(e, ERR_FORMAT, "more contents than files of the box's root");
	n.kind = (enum node_kind)kind;
	n.mode = rd_u16le(&l->r);
	n.uid = rd_u32le(&l->r);
	n.gid = rd_u32le(&l->r);
	n.content.size = rd_u64le(&l->r);
	path = rd_u16le(&l->r);
	target = rd_u16le(&l->r);
	n.path = text(&l->r, path);
	n.target = text(&l->r, target);
	if (!rd_ok(&l->r))
		return rd_truncated(&l->r, "the list of the box's root", e);
	n.content.at = l->at;
	if (!check(l, &n, e))
		return err_wrap(e, "the list of the box's root");
	l->at += n.content.size;
	*ret = n;
	*found = true;
	return true;
}
