#include "deb/pack_index.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

static const uint8_t magic[8] = { 'a', 's', 's', 'a', 'y', 'p', 'k', PACK_VERSION };

enum {
	MEMBER_SIZE_MIN = 2 + 4,
	NODE_SIZE_MIN = 1 + 2 + 4 + 4 + 8 + 4 + 2 + 1,
	SUM_SIZE = 8 + 4,
};

static void add_str(struct buf *out, struct str s)
{
	assert(s.n <= UINT16_MAX);
	buf_u16le(out, (uint16_t)s.n);
	buf_add_str(out, s);
}

static void add_blob(struct buf *out, struct span s)
{
	assert(s.n <= UINT32_MAX);
	buf_u32le(out, (uint32_t)s.n);
	buf_add(out, s.p, s.n);
}

void pack_index_emit_control(struct buf *out, const uint8_t deb_sha256[static SHA256_SIZE],
	const struct pack_member *control, size_t n)
{
	buf_add(out, deb_sha256, SHA256_SIZE);
	buf_u32le(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		add_str(out, control[i].name);
		add_blob(out, control[i].bytes);
	}
}

static void emit_node(struct buf *out, const struct node *n)
{
	buf_u8(out, (uint8_t)n->kind);
	buf_u16le(out, (uint16_t)n->mode);
	buf_u32le(out, n->uid);
	buf_u32le(out, n->gid);
	buf_u64le(out, (uint64_t)n->mtime_unix);
	buf_u32le(out, n->inode);
	add_str(out, n->path);
	if (n->kind == NODE_FILE) {
		buf_u64le(out, n->content.at);
		buf_u64le(out, n->content.size);
		buf_add(out, n->content.sha256, SHA256_SIZE);
	} else if (n->kind == NODE_LINK) {
		add_str(out, n->target);
	} else if (n->kind == NODE_CHARDEV || n->kind == NODE_BLOCKDEV) {
		buf_u32le(out, n->dev_major);
		buf_u32le(out, n->dev_minor);
	}
	buf_u8(out, (uint8_t)n->n_xattrs);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		add_str(out, n->xattrs[i].name);
		add_blob(out, n->xattrs[i].value);
	}
}

void pack_index_emit_nodes(struct buf *out, struct node *const *nodes, size_t n)
{
	buf_u32le(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		emit_node(out, nodes[i]);
}

void pack_index_emit_sums(struct buf *out, const struct pack_content_sum *sums, size_t n)
{
	buf_u32le(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		buf_u64le(out, sums[i].at);
		buf_u32le(out, sums[i].sum);
	}
}

void pack_index_emit_trailer(uint8_t out[static PACK_TRAILER_SIZE], uint64_t at, struct span index)
{
	memcpy(out, magic, sizeof magic);
	put_u64le(out + 8, at);
	put_u64le(out + 16, index.n);
	sha256_of(out + 24, index);
}

bool pack_index_parse_trailer(const uint8_t trailer[static PACK_TRAILER_SIZE], uint64_t size,
	uint64_t *at, size_t *n, uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	struct rd r = rd_of(span_make(trailer, PACK_TRAILER_SIZE));
	bool known = span_equal(rd_bytes(&r, sizeof magic), SPAN_OF(magic));
	uint64_t index_at = rd_u64le(&r), index_size = rd_u64le(&r);

	if (!known || size < PACK_TRAILER_SIZE || index_size > PACK_INDEX_MAX ||
		index_at > size - PACK_TRAILER_SIZE ||
		index_size != size - PACK_TRAILER_SIZE - index_at)
		return err_set(e, ERR_FORMAT, "no trailer of a pack at the end");
	rd_copy(&r, sha256, SHA256_SIZE);
	*at = index_at;
	*n = (size_t)index_size;
	return true;
}

static struct str read_str(struct rd *r)
{
	struct span s = rd_bytes(r, rd_u16le(r));

	return str_make((const char *)s.p, s.n);
}

/* How many records follow; none when the bytes that are left cannot hold them. */
static size_t read_count(struct rd *r, size_t size_min)
{
	size_t n = rd_u32le(r);

	if (n <= rd_left(r) / size_min)
		return n;
	r->failed = true;
	return 0;
}

static void parse_control(struct pack_index *i, struct rd *r)
{
	i->n_control = read_count(r, MEMBER_SIZE_MIN);
	i->control = mem_array(i->n_control, sizeof *i->control);
	for (size_t k = 0; k < i->n_control; k++) {
		i->control[k].name = read_str(r);
		i->control[k].bytes = rd_bytes(r, rd_u32le(r));
	}
}

static void parse_xattrs(struct node *n, struct rd *r)
{
	size_t count = rd_u8(r);
	struct xattr *list;

	if (count == 0)
		return;
	if (count > TREE_XATTRS_MAX) {
		r->failed = true;
		return;
	}
	list = mem_array(count, sizeof *list);
	for (size_t i = 0; i < count; i++) {
		list[i].name = read_str(r);
		list[i].value = rd_bytes(r, rd_u32le(r));
	}
	n->xattrs = list;
	n->n_xattrs = count;
}

static void parse_file(struct node *n, struct rd *r, uint64_t contents_size)
{
	n->content.at = rd_u64le(r);
	n->content.size = rd_u64le(r);
	rd_copy(r, n->content.sha256, SHA256_SIZE);
	if (n->content.at > contents_size || n->content.size > contents_size - n->content.at)
		r->failed = true;
}

static void parse_node(struct node *n, struct rd *r, uint64_t contents_size)
{
	uint8_t kind = rd_u8(r);

	if (kind > NODE_FIFO)
		r->failed = true;
	n->kind = (enum node_kind)kind;
	n->mode = rd_u16le(r);
	n->uid = rd_u32le(r);
	n->gid = rd_u32le(r);
	n->mtime_unix = (int64_t)rd_u64le(r);
	n->inode = rd_u32le(r);
	n->path = read_str(r);
	if (n->kind == NODE_FILE) {
		parse_file(n, r, contents_size);
	} else if (n->kind == NODE_LINK) {
		n->target = read_str(r);
	} else if (n->kind == NODE_CHARDEV || n->kind == NODE_BLOCKDEV) {
		n->dev_major = rd_u32le(r);
		n->dev_minor = rd_u32le(r);
	}
	parse_xattrs(n, r);
}

static void parse_sums(struct pack_index *i, struct rd *r)
{
	i->n_sums = read_count(r, SUM_SIZE);
	i->sums = mem_array(i->n_sums, sizeof *i->sums);
	for (size_t k = 0; k < i->n_sums; k++) {
		i->sums[k].at = rd_u64le(r);
		i->sums[k].sum = rd_u32le(r);
		if (k && i->sums[k].at <= i->sums[k - 1].at)
			r->failed = true;
	}
	for (size_t k = 0; k < i->n_nodes && rd_ok(r); k++)
		if (i->nodes[k].content.size && !pack_index_sum(i, i->nodes[k].content.at))
			r->failed = true;
}

const uint32_t *pack_index_sum(const struct pack_index *i, uint64_t at)
{
	size_t low = 0, high = i->n_sums;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (i->sums[middle].at == at)
			return &i->sums[middle].sum;
		if (i->sums[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool pack_index_parse(
	struct pack_index *ret, struct span text, uint64_t contents_size, struct err *e)
{
	CLEANUP(pack_index_done) struct pack_index i = { 0 };
	struct rd r = rd_of(text);

	rd_copy(&r, i.deb_sha256, SHA256_SIZE);
	parse_control(&i, &r);
	i.n_nodes = read_count(&r, NODE_SIZE_MIN);
	i.nodes = mem_array(i.n_nodes, sizeof *i.nodes);
	for (size_t k = 0; k < i.n_nodes && rd_ok(&r); k++)
		parse_node(&i.nodes[k], &r, contents_size);
	parse_sums(&i, &r);
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT, "the index of the pack is malformed at %zu of %zu",
			r.at, r.n);
	*ret = i;
	i = (struct pack_index){ 0 };
	return true;
}

void pack_index_done(struct pack_index *i)
{
	for (size_t k = 0; k < i->n_nodes && i->nodes; k++)
		mem_free(&i->nodes[k].xattrs);
	free(i->nodes);
	free(i->control);
	free(i->sums);
	*i = (struct pack_index){ 0 };
}
