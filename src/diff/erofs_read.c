#include "diff/erofs_read.h"

#include <search.h>
#include <stdlib.h>

#include "base/rd.h"
#include "diff/erofs_inode.h"
#include "image/identifier.h"
#include "base/banned.h"

enum {
	SUPER = EROFS_INODE_SUPER_AT,
	DIRENT_SIZE = 12,
	ENTRIES_MAX = 3 * DIFF_MEMBERS_MAX, /* "." and ".." of every folder among them */
	XATTRS_SIZE_MAX = 256 << 20,        /* of all inodes together */
};

/*
 * The walk has no stack: members are taken in the order of the list, and what a folder holds is added at its end. A folder
 * that is reached twice would be a loop or a second name, and is refused.
 */
struct walk {
	struct diff_list l;
	struct erofs_inode_super super;
	/* Of struct known by nid: a tree of <search.h>, because a hash map is slow for who makes numbers collide. */
	void *seen;
	size_t n_entries;
	uint64_t xattrs_size;
};

struct known {
	uint64_t nid;
	size_t member;
};

static int by_nid(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return x->nid < y->nid ? -1 : x->nid > y->nid;
}

static void keep(void *known)
{
	(void)known; /* the arena's */
}

/* Device numbers as new_encode_dev makes them. */
static void set_device(struct diff_member *m, uint32_t u)
{
	m->dev_major = (u >> 8) & 0xfff;
	m->dev_minor = (u & 0xff) | (u >> 12 & 0xfff00);
}

/* A link's target, which lies in one piece or in two. */
static bool set_target(struct walk *w, struct diff_member *m, struct err *e)
{
	char target[DIFF_MEMBER_PATH_MAX + 1];
	size_t n = 0;

	if (m->size > DIFF_MEMBER_PATH_MAX)
		return err_set(e, ERR_LIMIT, "EROFS: a link to %llu bytes, limit %d",
			(unsigned long long)m->size, DIFF_MEMBER_PATH_MAX);
	for (size_t i = 0; i < m->n_extents; i++) {
		struct span s = diff_bytes_at(w->l.src, m->extents[i].at, m->extents[i].size);

		if (m->extents[i].hole)
			return err_set(e, ERR_FORMAT, "EROFS: a link with a hole in its target");
		memcpy(target + n, s.p, s.n);
		n += s.n;
	}
	return diff_list_target(&w->l, m, span_make(target, n), e);
}

static bool set_data(
	struct walk *w, struct diff_member *m, const struct erofs_inode_read *i, struct err *e)
{
	if (m->kind == DIFF_MEMBER_CHARDEV || m->kind == DIFF_MEMBER_BLOCKDEV)
		set_device(m, i->u);
	if (m->kind != DIFF_MEMBER_FILE && m->kind != DIFF_MEMBER_FOLDER &&
		m->kind != DIFF_MEMBER_LINK)
		return true;
	if (!erofs_inode_data(&w->l, &m->not_read, &w->super, i, e) ||
		!diff_list_content(&w->l, m, e))
		return false;
	if (m->not_read.n) {
		m->n_extents = 0;
		m->size = i->size;
	}
	return m->kind != DIFF_MEMBER_LINK || m->not_read.n || set_target(w, m, e);
}

static bool read_member(struct walk *w, struct diff_member *ret, uint64_t nid, struct err *e)
{
	struct erofs_inode_read i;
	struct diff_member m = { 0 };

	if (!erofs_inode_read(&i, w->l.src, &w->super, nid, e))
		return false;
	w->xattrs_size += i.xattrs_size;
	if (w->xattrs_size > XATTRS_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "EROFS: more than %d bytes of extended attributes",
			XATTRS_SIZE_MAX);
	m.mode = i.mode & 07777;
	m.uid = i.uid;
	m.gid = i.gid;
	m.mtime_unix = i.mtime_unix;
	m.mtime_nanoseconds = i.mtime_nanoseconds;
	m.inode = i.at;
	m.n_links = i.n_links;
	m.at = i.at;
	m.head_size = i.own_size + i.xattrs_size;
	if (!diff_member_kind_of_mode(&m.kind, i.mode))
		return err_set(e, ERR_FORMAT, "EROFS: the inode at %llu has a mode of no kind: %o",
			(unsigned long long)i.at, i.mode);
	if (!set_data(w, &m, &i, e) || !erofs_inode_xattrs(&w->l, &m, &w->super, &i, e))
		return false;
	*ret = m;
	return true;
}

/* Another name of an inode shares what is known of it. */
static bool add(struct walk *w, struct str path, uint64_t nid, struct err *e)
{
	const struct known key = { nid, 0 };
	struct known *const *found = tfind(&key, &w->seen, by_nid);
	struct known *k = found ? *found : NULL;
	struct diff_member m;

	if (k && w->l.list[k->member].kind == DIFF_MEMBER_FOLDER)
		return err_set(e, ERR_FORMAT, "EROFS: folder %llu is reached twice",
			(unsigned long long)nid);
	if (k) {
		m = w->l.list[k->member];
	} else {
		k = ARENA_NEW(w->l.arena, struct known);
		if (!k)
			return arena_full(w->l.arena, e);
		*k = (struct known){ nid, w->l.n };
		if (!tsearch(k, &w->seen, by_nid))
			abort(); /* only without memory */
		if (!read_member(w, &m, nid, e))
			return false;
	}
	m.path = path;
	return diff_list_add(&w->l, &m, e);
}

/*
 * A block of a folder: entries of 12 bytes {u64 nid, u16 offset of the name, u8 kind, u8}, as many as stand before the first
 * name; each name ends where the next begins, the last at a NUL or with the block.
 */
static bool read_block(struct walk *w, struct str path, struct span block, struct err *e)
{
	struct rd r = rd_of(block), next;
	size_t n;

	rd_skip(&r, 8);
	n = rd_u16le(&r) / DIRENT_SIZE;
	w->n_entries += n;
	if (!n || w->n_entries > ENTRIES_MAX)
		return err_set(e, n ? ERR_LIMIT : ERR_FORMAT,
			"EROFS: a folder with a block of %zu entries, limit %d for all", n,
			ENTRIES_MAX);
	r = rd_of(block);
	for (size_t i = 0; i < n; i++) {
		uint64_t nid = rd_u64le(&r);
		size_t at = rd_u16le(&r), end = block.n;
		struct rd names = rd_of(block);
		struct span s;
		struct str name;

		rd_skip(&r, 2);
		next = r;
		rd_skip(&next, 8);
		if (i + 1 < n)
			end = rd_u16le(&next);
		rd_seek(&names, at);
		s = rd_bytes(&names, end > at ? end - at : 0);
		name = str_make((const char *)s.p, s.n);
		name.n = str_find(name, 0);
		if (!rd_ok(&r) || !name.n)
			return err_set(e, ERR_FORMAT, "EROFS: damaged entry %zu of a folder", i);
		if (str_is(name, ".") || str_is(name, ".."))
			continue;
		if (!diff_list_path(&w->l, &name, path, name, e) || !add(w, name, nid, e))
			return false;
	}
	return true;
}

/* Blocks do not cross the borders of extents, which are blocks' own or the end. */
static bool read_folder(struct walk *w, size_t member, struct err *e)
{
	const struct diff_member m = w->l.list[member];
	uint64_t block = UINT64_C(1) << w->super.block_bits;

	if (m.not_read.n)
		return err_set(e, ERR_FORMAT, "EROFS: a folder is %.*s", STR_ARG(m.not_read));
	for (size_t i = 0; i < m.n_extents; i++) {
		const struct diff_extent *x = &m.extents[i];

		if (x->hole)
			return err_set(e, ERR_FORMAT, "EROFS: a folder with a hole");
		for (uint64_t at = 0; at < x->size; at += block) {
			uint64_t n = x->size - at < block ? x->size - at : block;

			if (!read_block(w, m.path, diff_bytes_at(w->l.src, x->at + at, n), e))
				return false;
		}
	}
	return true;
}

static bool add_facts(struct walk *w, struct err *e)
{
	const struct erofs_inode_super *s = &w->super;
	struct str volume = str_make((const char *)s->volume.p, s->volume.n);
	char uuid[UUID_TEXT_SIZE];
	struct diff_list *l = &w->l;

	identifier_text(uuid, s->uuid.p);
	volume.n = str_find(volume, 0);
	return diff_list_fact(l, "UUID", str_of(uuid), SUPER + 48, UUID_SIZE, e) &&
	       diff_list_fact(l, "volume name", volume, SUPER + 64, EROFS_INODE_VOLUME_SIZE, e) &&
	       diff_list_number(
		       l, "build time", (uint64_t)s->build_time_unix, false, SUPER + 24, 8, e) &&
	       diff_list_number(l, "build time, nanoseconds", s->build_time_nanoseconds, false,
		       SUPER + 32, 4, e) &&
	       diff_list_number(
		       l, "block size", UINT64_C(1) << s->block_bits, false, SUPER + 12, 1, e) &&
	       diff_list_number(l, "compatible features", s->compat, true, SUPER + 8, 4, e) &&
	       diff_list_number(l, "incompatible features", s->incompat, true, SUPER + 80, 4, e) &&
	       diff_list_number(l, "inodes", s->n_inodes, false, SUPER + 16, 8, e) &&
	       diff_list_number(l, "blocks", s->n_blocks, false, SUPER + 36, 4, e) &&
	       diff_list_number(l, "checksum", s->checksum, true, SUPER + 4, 4, e);
}

static bool walk(struct walk *w, struct diff_members *ret, struct err *e)
{
	uint64_t end = (uint64_t)w->super.n_blocks << w->super.block_bits;

	if (!add(w, STR(""), w->super.root_nid, e))
		return false;
	if (w->l.list[0].kind != DIFF_MEMBER_FOLDER)
		return err_set(e, ERR_FORMAT, "EROFS: the root is no folder");
	for (size_t i = 0; i < w->l.n; i++)
		if (w->l.list[i].kind == DIFF_MEMBER_FOLDER && !read_folder(w, i, e))
			return false;
	diff_list_hide_folders(&w->l);
	return add_facts(w, e) &&
	       diff_list_end(&w->l, ret, end && end < w->l.src->all.n ? end : w->l.src->all.n, e);
}

bool erofs_read(
	struct diff_members *ret, const struct diff_bytes *src, struct arena *a, struct err *e)
{
	struct walk w = { 0 };
	bool ok;

	diff_list_init(&w.l, a, src);
	ok = erofs_inode_super(&w.super, src, e) && walk(&w, ret, e);
	diff_list_done(&w.l);
	tdestroy(w.seen, keep);
	return ok;
}
