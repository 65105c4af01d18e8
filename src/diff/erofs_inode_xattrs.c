#include "diff/erofs_inode.h"

#include <stdlib.h>

#include "base/rd.h"
#include "base/banned.h"

enum { HEADER_SIZE = 12, ENTRY_SIZE = 4, XATTRS_MAX = 1024, LONG_PREFIX = 0x80 };

/* Entry: u8 size of the name, u8 index of its prefix, u16 size of the value, name without prefix, value. */
static const char *const prefixes[] = { NULL, "user.", "system.posix_acl_access",
	"system.posix_acl_default", "trusted.", "lustre.", "security." };

struct wanted {
	struct diff_list *l;
	struct xattr *list;
	size_t n, room;
};

static bool add(struct wanted *w, struct rd *r, struct err *e)
{
	size_t name_size = rd_u8(r);
	unsigned index = rd_u8(r);
	size_t value_size = rd_u16le(r);
	struct span name = rd_bytes(r, name_size), value = rd_bytes(r, value_size);
	struct arena *a = w->l->arena;
	struct xattr *x = &w->list[w->n];

	if (!rd_ok(r))
		return rd_truncated(r, "EROFS: extended attributes", e);
	if (index & LONG_PREFIX)
		x->name = arena_printf(a, "(long prefix %u)%.*s", index & ~(unsigned)LONG_PREFIX,
			(int)name.n, (const char *)name.p);
	else if (!index || index >= ARRAY_LEN(prefixes))
		return err_set(
			e, ERR_FORMAT, "EROFS: an extended attribute with the prefix %u", index);
	else
		x->name = arena_printf(a, "%s%.*s", prefixes[index], (int)name.n,
			name.n ? (const char *)name.p : "");
	if (!x->name.p)
		return arena_full(a, e);
	x->value = value;
	w->n++;
	return true;
}

/* The shared ones are named by offset behind the header, in units of 4 from the start of the shared area. */
static bool add_shared(
	struct wanted *w, const struct erofs_inode_super *super, struct rd *ids, struct err *e)
{
	uint64_t at = ((uint64_t)super->xattr_block << super->block_bits) +
		      (uint64_t)rd_u32le(ids) * ENTRY_SIZE;
	struct rd r = rd_of(w->l->src->all);

	rd_seek(&r, (size_t)at);
	return add(w, &r, e);
}

static int by_name(const void *a, const void *b)
{
	const struct xattr *x = a, *y = b;
	int order = str_compare(x->name, y->name);

	/* A name twice: the one that stands first in the image. */
	return order ? order : x->value.p == y->value.p ? 0 : x->value.p < y->value.p ? -1 : 1;
}

/* How many there are, which bounds what is taken of memory. */
static bool count(size_t *ret, struct rd r, size_t n_shared, struct err *e)
{
	size_t n = n_shared;

	while (rd_left(&r) >= ENTRY_SIZE) {
		size_t size = rd_u8(&r);

		rd_skip(&r, 1);
		size += rd_u16le(&r);
		/* The area's size is a multiple of 4, and nothing forbids zeros at its end. */
		if (!size)
			continue;
		rd_skip(&r, size);
		rd_skip(&r, rd_left(&r) % ENTRY_SIZE);
		n++;
	}
	if (!rd_ok(&r))
		return rd_truncated(&r, "EROFS: extended attributes", e);
	if (n > XATTRS_MAX)
		return err_set(
			e, ERR_LIMIT, "EROFS: %zu extended attributes, limit %d", n, XATTRS_MAX);
	*ret = n;
	return true;
}

bool erofs_inode_xattrs(struct diff_list *l, struct diff_member *m,
	const struct erofs_inode_super *super, const struct erofs_inode_read *i, struct err *e)
{
	struct rd r = rd_of(diff_bytes_at(l->src, i->at + i->own_size, i->xattrs_size)), ids;
	struct wanted w = { .l = l };
	size_t n_shared;

	if (!i->xattrs_size)
		return true;
	rd_skip(&r, 4); /* a filter of names */
	n_shared = rd_u8(&r);
	rd_skip(&r, HEADER_SIZE - 5);
	ids = rd_sub(&r, n_shared * ENTRY_SIZE);
	if (!rd_ok(&r))
		return rd_truncated(&r, "EROFS: extended attributes", e);
	if (!count(&w.room, r, n_shared, e))
		return false;
	w.list = ARENA_ARRAY(l->arena, w.room, struct xattr);
	if (!w.list)
		return arena_full(l->arena, e);
	for (size_t k = 0; k < n_shared; k++)
		if (!add_shared(&w, super, &ids, e))
			return false;
	while (w.n < w.room) {
		struct rd entry = r;
		size_t size = rd_u8(&r);

		rd_skip(&r, 1);
		size += rd_u16le(&r);
		if (!size)
			continue;
		if (!add(&w, &entry, e))
			return false;
		rd_skip(&r, size);
		rd_skip(&r, rd_left(&r) % ENTRY_SIZE);
	}
	qsort(w.list, w.n, sizeof *w.list, by_name);
	m->xattrs = w.list;
	m->n_xattrs = w.n;
	return true;
}
