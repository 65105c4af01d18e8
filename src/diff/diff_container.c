#include "diff/diff_container.h"

#include "base/rd.h"
#include "diff/cpio_read.h"
#include "diff/deb_read.h"
#include "diff/diff_identified.h"
#include "diff/diff_members.h"
#include "diff/diff_pair.h"
#include "diff/erofs_read.h"
#include "diff/fat_read.h"
#include "diff/tar_read.h"

#include "base/banned.h"

struct container {
	enum diff_format format;
	bool (*read)(struct diff_members *ret, const struct diff_bytes *src, struct arena *a,
		struct err *e);
	struct diff_members_how how;
};

static const struct container containers[] = {
	{ DIFF_FORMAT_EROFS, erofs_read, { 0 } },
	{ DIFF_FORMAT_FAT, fat_read, { .order = true } },
	{ DIFF_FORMAT_CPIO, cpio_read, { .order = true, .inode_numbers = true } },
	{ DIFF_FORMAT_TAR, tar_read, { .order = true } },
	{ DIFF_FORMAT_AR, deb_read, { .order = true } },
};

static struct span behind(struct span s, uint64_t end)
{
	return end < s.n ? span_make(s.p + end, s.n - (size_t)end) : (struct span){ NULL, 0 };
}

/* A compressed archive behind the processor's microcode, or what was appended to an archive. */
static bool rest(struct diff_walk *w, struct span a, uint64_t end_a, struct span b, uint64_t end_b,
	struct err *e)
{
	struct span x = behind(a, end_a), y = behind(b, end_b);
	return (!x.n && !y.n) || diff_pair_at(w, STR("behind it"), x, y, e);
}

/* FAT32 (offset 11 u16 bytes of a sector, 50 u16 sector of the copy) has its first two sectors twice. */
static struct diff_extent boot_copy(enum diff_format f, struct span a, struct span b)
{
	struct rd r = rd_of(a);
	rd_seek(&r, 11);
	size_t sector = rd_u16le(&r);
	rd_seek(&r, 50);
	size_t at = sector * rd_u16le(&r), size = 2 * sector;
	if (f != DIFF_FORMAT_FAT || !rd_ok(&r) || !at || at + size > a.n || at + size > b.n)
		return (struct diff_extent){ 0 };
	bool repeats = memcmp(a.p, a.p + at, size) == 0 && memcmp(b.p, b.p + at, size) == 0;
	return (struct diff_extent){ .at = at, .size = repeats ? size : 0 };
}

static bool compare(struct diff_walk *w, const struct container *c, struct span a, struct span b,
	struct arena *lists, struct err *e)
{
	struct diff_bytes x = diff_bytes_of(a), y = diff_bytes_of(b);
	struct diff_members m[2];
	struct diff_members_how how = c->how;
	if (!c->read(&m[0], &x, lists, e) || !c->read(&m[1], &y, lists, e))
		return false;
	struct diff_side sides[2] = { { &m[0], &x, -1 }, { &m[1], &y, -1 } };
	if (!diff_walk_enter(w, str_of(diff_format_name(c->format))))
		return err_set(e, ERR_LIMIT, "containers in containers");
	how.copy = boot_copy(c->format, a, b);
	how.identifier = diff_identified(c->format, &sides[0], &sides[1]);
	bool ok = diff_members(w, &sides[0], &sides[1], &how, e);
	diff_walk_leave(w);
	return ok && rest(w, a, m[0].end, b, m[1].end, e);
}

bool diff_container(
	struct diff_walk *w, enum diff_format f, struct span a, struct span b, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(containers); i++) {
		if (containers[i].format != f)
			continue;
		CLEANUP(arena_freep) struct arena *lists = arena_new(DIFF_CONTAINER_LISTS_MAX);
		return compare(w, &containers[i], a, b, lists, e);
	}
	return err_set(e, ERR_INTERNAL, "no reader for %s", diff_format_name(f));
}
