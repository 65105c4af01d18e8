#include "deb/pack_check.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/mem.h"
#include "deb/pack_sum.h"
#include "sys/file.h"
#include "base/banned.h"

struct part {
	const struct content *content;
	uint32_t sum;
	atomic_bool right;
};

struct pack_check {
	struct part *parts; /* by offset; names of one inode share their content */
	size_t n;
};

static int by_offset(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->content->at != y->content->at)
		return x->content->at < y->content->at ? -1 : 1;
	return x->content->size == y->content->size  ? 0
	       : x->content->size < y->content->size ? -1
						     : 1;
}

static void add(struct pack_check *c, const struct pack_index *index, const struct content *content)
{
	const uint32_t *sum = pack_index_sum(index, content->at);

	assert(sum); /* the parser of the index has seen to that */
	c->parts[c->n].content = content;
	c->parts[c->n++].sum = *sum;
}

struct pack_check *pack_check_new(const struct pack_index *index)
{
	struct pack_check *c = MEM_NEW(struct pack_check);

	c->parts = mem_array(index->n_nodes, sizeof *c->parts);
	for (size_t i = 0; i < index->n_nodes; i++)
		if (index->nodes[i].kind == NODE_FILE && index->nodes[i].content.size)
			add(c, index, &index->nodes[i].content);
	if (c->n)
		qsort(c->parts, c->n, sizeof *c->parts, by_offset);
	return c;
}

void pack_check_free(struct pack_check *c)
{
	if (!c)
		return;
	free(c->parts);
	free(c);
}

/* The last one that begins at or before `at`. */
static struct part *find(const struct pack_check *c, uint64_t at)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->parts[middle].content->at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &c->parts[low - 1] : NULL;
}

/* Over all bytes of a content: its CRC-32C, and its SHA-256 where h is given. */
static bool sum_up(int fd, const struct content *c, const char *place, uint32_t *sum,
	struct hasher *h, struct err *e)
{
	size_t room = c->size < CONTENT_PIECE ? (size_t)c->size : CONTENT_PIECE;
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(room);

	*sum = 0;
	for (uint64_t at = 0; at < c->size;) {
		size_t n = c->size - at < room ? (size_t)(c->size - at) : room;

		if (!file_pread(fd, piece, n, c->at + at, place, e))
			return false;
		*sum = pack_sum(*sum, piece, n);
		if (h)
			hasher_add(h, piece, n);
		at += n;
	}
	return true;
}

static bool damaged(const struct content *c, const char *place, struct err *e)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, c->sha256, SHA256_SIZE);
	return err_set(e, ERR_MISMATCH, "'%s' is damaged: at %llu it has not what is named %s",
		place, (unsigned long long)c->at, hex);
}

static bool is_right(struct part *p)
{
	return atomic_load_explicit(&p->right, memory_order_relaxed);
}

static bool judge(struct part *p, uint32_t sum, const char *place, struct err *e)
{
	if (sum != p->sum)
		return damaged(p->content, place, e);
	atomic_store_explicit(&p->right, true, memory_order_relaxed);
	return true;
}

static bool check(struct part *p, int fd, const char *place, struct err *e)
{
	uint32_t sum;

	return is_right(p) ||
	       (sum_up(fd, p->content, place, &sum, NULL, e) && judge(p, sum, place, e));
}

/* All of a content is wanted: summed up in the caller's memory. */
static bool read_whole(struct part *p, int fd, const char *place, void *dst, struct err *e)
{
	size_t n = (size_t)p->content->size;

	return file_pread(fd, dst, n, p->content->at, place, e) &&
	       (is_right(p) || judge(p, pack_sum(0, dst, n), place, e));
}

static bool check_digest(const struct part *p, int fd, const char *place, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	uint8_t got[SHA256_SIZE];
	uint32_t sum;

	if (!sum_up(fd, p->content, place, &sum, h, e))
		return false;
	hasher_end(h, got);
	return (sum == p->sum && ct_equal(got, p->content->sha256, SHA256_SIZE)) ||
	       damaged(p->content, place, e);
}

bool pack_check_read(struct pack_check *c, int dir, const char *place, uint64_t at, void *dst,
	size_t n, struct err *e)
{
	struct part *p = find(c, at);
	CLEANUP(file_closep) int fd = -1;

	if (!p || at - p->content->at > p->content->size ||
		n > p->content->size - (at - p->content->at))
		return err_set(e, ERR_INTERNAL, "'%s' has no content at %llu", place,
			(unsigned long long)at);
	fd = file_open(dir, place, e);
	if (fd < 0)
		return false;
	if (at == p->content->at && n == p->content->size)
		return read_whole(p, fd, place, dst, e);
	return check(p, fd, place, e) && file_pread(fd, dst, n, at, place, e);
}

bool pack_check_all(struct pack_check *c, int dir, const char *place, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(dir, place, e);

	if (fd < 0)
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (!check_digest(&c->parts[i], fd, place, e))
			return false;
	return true;
}
