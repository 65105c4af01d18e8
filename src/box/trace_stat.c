/*
 * stat in all its forms: the kernel answers, and what depends on the machine is put right in the answer: times
 * (trace_times.h), numbers (trace_numbers.h), how much room a file takes, sizes and link counts of folders.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "box/trace_files.h"
#include "base/banned.h"

enum { FOLDER_SIZE = 4096, BLOCK = 4096, SECTOR = 512 };

static int64_t real_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static bool is_own(const struct trace_files *f, uint64_t dev)
{
	for (size_t i = 0; i < f->n_own; i++)
		if (f->own[i] == dev)
			return true;
	return false;
}

static bool is_same(struct trace_inode a, struct trace_inode b)
{
	return a.dev == b.dev && a.ino == b.ino && a.ino != 0;
}

static void fix_times(
	const struct tracer *t, struct trace_inode inode, mode_t mode, struct trace_stamps *s)
{
	const struct trace_files *f = t->files;

	if (box_view_fixes(&t->view, BOX_FILE_TIMES))
		trace_times_show(&f->times, s, real_now(),
			is_own(f, inode.dev) || is_same(inode, f->out) || S_ISCHR(mode));
}

/* What a file takes of its file system, in sectors: as if it had no holes and nothing was compressed. */
static uint64_t sectors_of(mode_t mode, uint64_t size)
{
	if (S_ISDIR(mode))
		return FOLDER_SIZE / SECTOR;
	return S_ISREG(mode) ? (size + BLOCK - 1) / BLOCK * (BLOCK / SECTOR) : 0;
}

/* ---- what the call names ---- */

/* False: the path cannot be read, so the kernel could not either. */
static bool sight_path(
	const struct trace_call *c, int dir, uint64_t at, bool follow, struct trace_sight *s)
{
	char path[PATH_MAX] = "";

	if (at && !trace_text(c, at, path, sizeof path))
		return false;
	s->follow = follow;
	if (path[0] == 0) {
		snprintf(s->open, sizeof s->open, "/proc/%d/%s", c->pid, "cwd");
		if (dir != AT_FDCWD)
			snprintf(s->open, sizeof s->open, "/proc/%d/fd/%d", c->pid, dir);
		s->follow = true;
	} else if (!trace_files_path(c, dir, path, s->open)) {
		return false;
	}
	return trace_files_place(c, dir, path, s->text);
}

/* The path and flags of the call, whichever it is. */
static bool sight_of(const struct trace_call *c, struct trace_sight *s)
{
	switch (c->nr) {
	case SYS_stat:
		return sight_path(c, AT_FDCWD, c->args[0], true, s);
	case SYS_lstat:
		return sight_path(c, AT_FDCWD, c->args[0], false, s);
	case SYS_fstat:
		return sight_path(c, (int)c->args[0], 0, true, s);
	case SYS_newfstatat:
		return sight_path(
			c, (int)c->args[0], c->args[1], !(c->args[3] & AT_SYMLINK_NOFOLLOW), s);
	default:
		return sight_path(
			c, (int)c->args[0], c->args[1], !(c->args[2] & AT_SYMLINK_NOFOLLOW), s);
	}
}

static uint64_t number_of(const struct trace_call *c, struct trace_inode inode)
{
	struct trace_sight s;

	if (!sight_of(c, &s))
		s.text[0] = s.open[0] = 0;
	return trace_files_number(c, inode, &s);
}

/* ---- struct stat ---- */

static void fix_numbers(const struct trace_call *c, struct stat *st)
{
	const struct trace_inode inode = { st->st_dev, st->st_ino };

	st->st_ino = number_of(c, inode);
	st->st_dev = TRACE_DEVICE;
	st->st_blksize = BLOCK;
	if (S_ISDIR(st->st_mode)) {
		st->st_size = FOLDER_SIZE;
		st->st_nlink = 1;
	}
	st->st_blocks = (blkcnt_t)sectors_of(st->st_mode, (uint64_t)st->st_size);
}

static void fix_stat(const struct trace_call *c, uint64_t at)
{
	const struct tracer *t = c->t;
	struct trace_stamps times;
	struct trace_inode inode;
	struct stat st;

	if (!trace_read(c, at, &st, sizeof st))
		return;
	inode = (struct trace_inode){ st.st_dev, st.st_ino };
	if (is_same(inode, t->files->random)) {
		st.st_mode = S_IFCHR | 0666;
		st.st_rdev = makedev(1, 9);
		st.st_size = 0;
	}
	times = (struct trace_stamps){ st.st_atim, st.st_mtim, st.st_ctim };
	fix_times(t, inode, st.st_mode, &times);
	st.st_atim = times.atime;
	st.st_mtim = times.mtime;
	st.st_ctim = times.ctime;
	if (box_view_fixes(&t->view, BOX_FILE_NUMBERS))
		fix_numbers(c, &st);
	(void)!trace_write(c, at, &st, sizeof st);
}

/* ---- struct statx ---- */

static struct timespec of_statx(struct statx_timestamp t)
{
	return (struct timespec){ t.tv_sec, t.tv_nsec };
}

static struct statx_timestamp to_statx(struct timespec t)
{
	return (struct statx_timestamp){ .tv_sec = t.tv_sec, .tv_nsec = (uint32_t)t.tv_nsec };
}

/* The kernel gives all of the basic ones, whatever was asked; but the mask rules. */
static void fix_statx_times(const struct tracer *t, struct trace_inode inode, struct statx *st)
{
	struct trace_stamps times = { of_statx(st->stx_atime), of_statx(st->stx_mtime),
		of_statx(st->stx_ctime) };

	fix_times(t, inode, st->stx_mode, &times);
	st->stx_atime = to_statx(times.atime);
	st->stx_mtime = to_statx(times.mtime);
	st->stx_ctime = to_statx(times.ctime);
	/* Some file systems do not keep it: to look alike, none does. */
	if (box_view_fixes(&t->view, BOX_FILE_TIMES)) {
		st->stx_btime = (struct statx_timestamp){ 0 };
		st->stx_mask &= ~STATX_BTIME;
	}
}

static void fix_statx_numbers(
	const struct trace_call *c, struct trace_inode inode, struct statx *st)
{
	const uint32_t told = st->stx_mask & STATX_BASIC_STATS;
	const struct statx old = *st;

	/* Only what every file system tells; mount ids, attributes and limits of direct access are left out. */
	*st = (struct statx){
		.stx_mask = told | (old.stx_mask & STATX_BTIME),
		.stx_blksize = BLOCK,
		.stx_nlink = S_ISDIR(old.stx_mode) ? 1 : old.stx_nlink,
		.stx_uid = old.stx_uid,
		.stx_gid = old.stx_gid,
		.stx_mode = old.stx_mode,
		.stx_ino = number_of(c, inode),
		.stx_size = S_ISDIR(old.stx_mode) ? FOLDER_SIZE : old.stx_size,
		.stx_atime = old.stx_atime,
		.stx_btime = old.stx_btime,
		.stx_ctime = old.stx_ctime,
		.stx_mtime = old.stx_mtime,
		.stx_rdev_major = old.stx_rdev_major,
		.stx_rdev_minor = old.stx_rdev_minor,
		.stx_dev_minor = TRACE_DEVICE,
	};
	st->stx_blocks = sectors_of(st->stx_mode, st->stx_size);
}

static void fix_statx(const struct trace_call *c, uint64_t at)
{
	const struct tracer *t = c->t;
	struct trace_inode inode;
	struct statx st;

	if (!trace_read(c, at, &st, sizeof st))
		return;
	inode = (struct trace_inode){ makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino };
	if (is_same(inode, t->files->random)) {
		st.stx_mode = S_IFCHR | 0666;
		st.stx_rdev_major = 1;
		st.stx_rdev_minor = 9;
		st.stx_size = 0;
	}
	fix_statx_times(t, inode, &st);
	if (box_view_fixes(&t->view, BOX_FILE_NUMBERS))
		fix_statx_numbers(c, inode, &st);
	(void)!trace_write(c, at, &st, sizeof st);
}

/* ---- the calls ---- */

static enum trace_next watch(struct trace_call *c)
{
	const struct box_view *v = &c->t->view;

	return box_view_fixes(v, BOX_FILE_TIMES) || box_view_fixes(v, BOX_FILE_NUMBERS)
		       ? TRACE_WATCH
		       : TRACE_GO;
}

/*
 * The box's first process is not there for anyone; but the tracer, which is that process, may have made the kernel
 * remember its name, and then the kernel says that it is forbidden.
 */
static void hide_first(struct trace_call *c)
{
	struct trace_sight s;

	if (c->result == -EPERM && sight_of(c, &s) && !strncmp(s.text, "/proc/1/", 8))
		c->result = -ENOENT;
}

static void after_stat(struct trace_call *c)
{
	hide_first(c);
	if (c->result == 0)
		fix_stat(c, c->args[1]);
}

static void after_fstatat(struct trace_call *c)
{
	hide_first(c);
	if (c->result == 0)
		fix_stat(c, c->args[2]);
}

static void after_statx(struct trace_call *c)
{
	hide_first(c);
	if (c->result == 0)
		fix_statx(c, c->args[4]);
}

/* Each twice: where neither times nor numbers are fixed, nothing stops. */
#define EITHER(number, then)                                                                  \
	{ .nr = (number), .channel = BOX_FILE_TIMES, .before = watch, .after = (then) },      \
	{                                                                                     \
		.nr = (number), .channel = BOX_FILE_NUMBERS, .before = watch, .after = (then) \
	}

const struct trace_handler trace_stat_calls[] = {
	EITHER(SYS_stat, after_stat),
	EITHER(SYS_lstat, after_stat),
	EITHER(SYS_fstat, after_stat),
	EITHER(SYS_newfstatat, after_fstatat),
	EITHER(SYS_statx, after_statx),
	{ .nr = -1 },
};
