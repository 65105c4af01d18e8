#include "diff/cpio_read.h"

#include <stdio.h>

#include "base/rd.h"
#include "diff/diff_list.h"
#include "base/banned.h"

enum { HEADER_SIZE = 110, FIELD_SIZE = 8, ALIGN = 4 };

/*
 * 0 magic[6], then 13 fields of 8 hexadecimal digits: 6 ino, 14 mode, 22 uid, 30 gid, 38 nlink, 46 mtime, 54 filesize,
 * 62 devmajor, 70 devminor, 78 rdevmajor, 86 rdevminor, 94 namesize with its NUL, 102 check. Then the name and the
 * content, both zero padded to a multiple of 4 from the start.
 */
struct head {
	uint32_t ino, mode, uid, gid, nlink, mtime, size, dev_major, dev_minor, rdev_major,
		rdev_minor, name_size, check;
	struct str name;
	uint64_t at, content_at, end; /* end: of the next header, where there is one */
};

static uint32_t digits(struct rd *r)
{
	struct span s = rd_bytes(r, FIELD_SIZE);
	uint32_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = (char)s.p[i];
		uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
				 : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
				 : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
							: 16;

		if (digit > 15)
			r->failed = true;
		v = v << 4 | digit;
	}
	return v;
}

static uint64_t aligned(uint64_t at)
{
	return (at + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);
}

static bool is_archive(const struct diff_bytes *src, uint64_t at)
{
	struct span s = diff_bytes_at(src, at, 6);

	return s.n && at % ALIGN == 0 &&
	       (memcmp(s.p, "070701", 6) == 0 || memcmp(s.p, "070702", 6) == 0);
}

static bool read_head(struct head *ret, const struct diff_bytes *src, uint64_t at, struct err *e)
{
	struct rd r = rd_of(diff_bytes_at(src, at, HEADER_SIZE));
	struct head h = { .at = at };
	uint32_t *const fields[] = { &h.ino, &h.mode, &h.uid, &h.gid, &h.nlink, &h.mtime, &h.size,
		&h.dev_major, &h.dev_minor, &h.rdev_major, &h.rdev_minor, &h.name_size, &h.check };
	struct span name;

	if (!is_archive(src, at))
		return err_set(
			e, ERR_FORMAT, "no cpio header (newc) at %llu", (unsigned long long)at);
	rd_skip(&r, 6);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		*fields[i] = digits(&r);
	if (!rd_ok(&r))
		return err_set(e, ERR_FORMAT, "damaged or cut cpio header at %llu",
			(unsigned long long)at);
	if (h.name_size < 2 || h.name_size > DIFF_MEMBER_PATH_MAX + 1)
		return err_set(e, ERR_FORMAT,
			"cpio header at %llu: a name of %u bytes, wanted 2 to %d",
			(unsigned long long)at, h.name_size, DIFF_MEMBER_PATH_MAX + 1);
	name = diff_bytes_at(src, at + HEADER_SIZE, h.name_size);
	h.content_at = aligned(at + HEADER_SIZE + h.name_size);
	h.end = aligned(h.content_at + h.size);
	if (!name.n || h.content_at > src->all.n || h.size > src->all.n - h.content_at)
		return err_set(e, ERR_FORMAT, "cpio entry at %llu: cut, %zu bytes in all",
			(unsigned long long)at, src->all.n);
	/* The kernel takes what stands before the first NUL. */
	h.name = str_make((const char *)name.p, name.n);
	h.name.n = str_find(h.name, 0);
	if (h.name.n == name.n)
		return err_set(e, ERR_FORMAT, "cpio header at %llu: a name without its end",
			(unsigned long long)at);
	*ret = h;
	return true;
}

static bool add_facts(
	struct diff_list *l, const struct head *h, struct diff_member *m, struct err *e)
{
	char device[32], check[16];
	int n = 0, n_check = 0;

	if (h->dev_major || h->dev_minor)
		n = snprintf(device, sizeof device, "%u:%u", h->dev_major, h->dev_minor);
	if (h->check)
		n_check = snprintf(check, sizeof check, "%08x", h->check);
	return diff_list_fact(l, "device it was on", str_make(device, (size_t)n), h->at + 62,
		       2 * FIELD_SIZE, e) &&
	       diff_list_fact(l, "checksum", str_make(check, (size_t)n_check), h->at + 102,
		       FIELD_SIZE, e) &&
	       diff_list_facts(l, &m->facts, &m->n_facts, e);
}

static bool add_member(struct diff_list *l, const struct head *h, struct err *e)
{
	struct diff_member m = {
		.mode = h->mode & 07777,
		.uid = h->uid,
		.gid = h->gid,
		.mtime_unix = h->mtime,
		.inode = h->ino,
		.n_links = h->nlink,
		.dev_major = h->rdev_major,
		.dev_minor = h->rdev_minor,
		.at = h->at,
		.head_size = h->content_at - h->at,
	};

	if (!diff_member_kind_of_mode(&m.kind, h->mode))
		return err_set(e, ERR_FORMAT, "cpio entry at %llu: mode %06o is of no kind",
			(unsigned long long)h->at, h->mode);
	m.path = arena_str(l->arena, diff_list_trimmed(h->name));
	if (!m.path.p)
		return arena_full(l->arena, e);
	if (m.kind == DIFF_MEMBER_LINK) {
		if (!diff_list_target(l, &m, diff_bytes_at(l->src, h->content_at, h->size), e))
			return false;
	} else if (!diff_list_piece(l, h->content_at, h->size, e)) {
		return false;
	}
	return diff_list_content(l, &m, e) && add_facts(l, h, &m, e) && diff_list_add(l, &m, e);
}

/* From the start of an archive to behind its trailer. */
static bool read_archive(struct diff_list *l, uint64_t *at, struct err *e)
{
	struct head h;

	for (;;) {
		if (!read_head(&h, l->src, *at, e))
			return false;
		*at = h.end;
		if (str_is(h.name, "TRAILER!!!"))
			return true;
		if (!add_member(l, &h, e))
			return false;
	}
}

bool cpio_read(
	struct diff_members *ret, const struct diff_bytes *src, struct arena *a, struct err *e)
{
	CLEANUP(diff_list_done) struct diff_list l;
	struct diff_members r;
	uint64_t at = 0;

	diff_list_init(&l, a, src);
	do {
		if (!read_archive(&l, &at, e))
			return false;
		at = diff_bytes_behind_zeros(src, at);
	} while (is_archive(src, at));
	if (!diff_list_end(&l, &r, at, e))
		return false;
	r.numbered = true;
	*ret = r;
	return true;
}
