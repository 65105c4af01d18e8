/*
 * Listing of folders: the tracer answers in the kernel's place, from a listing in fixed order (trace_listing.h).
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box_fixed_texts.h"
#include "box/trace_files.h"
#include "sys/file.h"
#include "base/banned.h"

enum {
	ANSWER_MAX = 1 << 17, /* of one call, however large its buffer */
	PROC_ROOT = 1,        /* inode of /proc itself, PROC_ROOT_INO in the kernel */
	INDEX_MASK = (1 << TRACE_LISTING_INDEX_BITS) - 1,
};

static off_t position_of(const struct trace_listing *l, size_t index)
{
	return (off_t)(l->serial % TRACE_LISTING_SERIALS << TRACE_LISTING_INDEX_BITS | index);
}

/* The tracer sees the box's first process, which is itself; nobody else does. */
static bool stays_in_proc(struct str name)
{
	return !str_is(name, "1") &&
	       ((name.n && name.p[0] >= '0' && name.p[0] <= '9') || box_fixed_in_proc(name));
}

static struct trace_listing *read_listing(struct tracer *t, int fd)
{
	struct trace_listing *l = trace_listings_read(t->files->listings, fd);
	struct stat st;

	if (!l || fstat(fd, &st) < 0)
		return NULL;
	l->dev = st.st_dev;
	if (l->dev == t->files->proc && st.st_ino == PROC_ROOT)
		trace_listing_filter(l, stays_in_proc);
	return l;
}

/* The listing that the open folder's position belongs to, and the entry that comes next. */
static struct trace_listing *find_listing(struct tracer *t, int fd, size_t *index)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct trace_listing *l = NULL;

	if (at < 0)
		return NULL;
	*index = (size_t)at & INDEX_MASK;
	if (at > 0)
		l = trace_listings_find(
			t->files->listings, (uint64_t)at >> TRACE_LISTING_INDEX_BITS);
	/* A new opening, a rewound one, or one so old that its listing is gone. */
	return l ? l : read_listing(t, fd);
}

/* The number that a program sees for an entry. */
static uint64_t number_of(const struct trace_call *c, const struct trace_listing *l,
	const struct trace_entry *e, const char *folder)
{
	const struct trace_inode inode = { l->dev, e->ino };
	struct trace_sight s = { .follow = false };

	if (!box_view_fixes(&c->t->view, BOX_FILE_NUMBERS))
		return e->ino;
	if (snprintf(s.open, sizeof s.open, "%s/%.*s", folder, STR_ARG(e->name)) >=
			(int)sizeof s.open ||
		!trace_files_place(c, AT_FDCWD, s.open, s.text))
		s.text[0] = s.open[0] = 0;
	return trace_files_number(c, inode, &s);
}

/*
 * A record: getdents64 has the type in front of the name, getdents in the last byte. Both start with number, position of
 * the next and size, and are padded to 8 bytes (getdents(2)).
 */
static size_t put_record(
	uint8_t *to, size_t room, bool old, uint64_t ino, off_t next, const struct trace_entry *e)
{
	const size_t name_at = old ? 18 : 19,
		     size = (name_at + e->name.n + (old ? 2 : 1) + 7) & ~7UL;

	if (size > room)
		return 0;
	memset(to, 0, size);
	put_u64le(to, ino);
	put_u64le(to + 8, (uint64_t)next);
	put_u16le(to + 16, (uint16_t)size);
	to[old ? size - 1 : 18] = e->type;
	memcpy(to + name_at, e->name.p, e->name.n);
	return size;
}

/* The answer from entry *index on, of at most `room` bytes; *index is behind it then. */
static int64_t put_records(const struct trace_call *c, const struct trace_listing *l, size_t *index,
	uint8_t *to, size_t room, const char *folder)
{
	size_t n = 0;

	for (; *index < l->n; ++*index) {
		const struct trace_entry *e = &l->entries[*index];
		size_t size = put_record(to + n, room - n, c->nr == SYS_getdents,
			number_of(c, l, e, folder), position_of(l, *index + 1), e);

		if (size == 0)
			return n ? (int64_t)n : -EINVAL;
		n += size;
	}
	return (int64_t)n;
}

/* File systems of old kind keep no large positions: there the index alone must do. */
static bool stand_at(int fd, const struct trace_listing *l, size_t index)
{
	return lseek(fd, position_of(l, index), SEEK_SET) >= 0 ||
	       lseek(fd, (off_t)index, SEEK_SET) >= 0;
}

static int64_t list(const struct trace_call *c, int fd)
{
	const size_t room = (unsigned)c->args[2] < ANSWER_MAX ? (unsigned)c->args[2] : ANSWER_MAX;
	CLEANUP(mem_free) uint8_t *records = mem_alloc(room + 1);
	struct trace_listing *l;
	char folder[PATH_MAX];
	size_t begin = 0, index;
	int64_t n;

	l = find_listing(c->t, fd, &begin);
	if (!l)
		return -errno;
	if (!trace_files_place(c, (int)c->args[0], "", folder))
		folder[0] = 0;
	index = begin;
	n = put_records(c, l, &index, records, room, folder);
	if (n > 0 && !trace_write(c, c->args[1], records, (size_t)n))
		n = -EFAULT;
	return stand_at(fd, l, n < 0 ? begin : index) ? n : -errno;
}

static enum trace_next getdents_before(struct trace_call *c)
{
	CLEANUP(file_closep) int fd = trace_fd(c, (int)c->args[0]);

	if (fd < 0)
		return trace_answer(c, errno == EBADF ? -EBADF : -EIO);
	return trace_answer(c, list(c, fd));
}

const struct trace_handler trace_folder_calls[] = {
	{ .nr = SYS_getdents64, .channel = BOX_FILE_ORDER, .before = getdents_before },
	{ .nr = SYS_getdents, .channel = BOX_FILE_ORDER, .before = getdents_before },
	{ .nr = -1 },
};
