/*
 * What tells of file systems rather than of files: their kind and room, holes, handles.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "box/trace_files.h"
#include "base/banned.h"

enum { BLOCK = 4096, FILES = 1 << 20 };

static enum trace_next watch(struct trace_call *c)
{
	(void)c;
	return TRACE_WATCH;
}

/* ext4 of the size of the view's memory, half full; only what is asked of /proc is known to be /proc. */
static void after_statfs(struct trace_call *c)
{
	const uint64_t n = c->t->view.memory / BLOCK;
	struct statfs s;

	if (c->result != 0 || !trace_read(c, c->args[1], &s, sizeof s))
		return;
	s = (struct statfs){
		.f_type = s.f_type == PROC_SUPER_MAGIC ? PROC_SUPER_MAGIC : EXT4_SUPER_MAGIC,
		.f_bsize = BLOCK,
		.f_blocks = n,
		.f_bfree = n / 2,
		.f_bavail = n / 2,
		.f_files = FILES,
		.f_ffree = FILES / 2,
		.f_namelen = NAME_MAX,
		.f_frsize = BLOCK,
		.f_flags = s.f_flags & ST_RDONLY,
	};
	(void)!trace_write(c, c->args[1], &s, sizeof s);
}

/* Where holes lie depends on the file system; a program that is told of none reads the whole file. */
static enum trace_next lseek_before(struct trace_call *c)
{
	const int whence = (int)c->args[2];

	return whence == SEEK_DATA || whence == SEEK_HOLE ? trace_answer(c, -EINVAL) : TRACE_GO;
}

/* What else a file system tells of a file. */
static enum trace_next ioctl_before(struct trace_call *c)
{
	switch ((uint32_t)c->args[1]) {
	case FS_IOC_FIEMAP:
	case FS_IOC_GETFLAGS:
	case FS_IOC_GETVERSION:
		return trace_answer(c, -EOPNOTSUPP);
	default:
		return TRACE_GO;
	}
}

static enum trace_next handle_before(struct trace_call *c)
{
	return trace_answer(c, -EOPNOTSUPP);
}

static enum trace_next ustat_before(struct trace_call *c)
{
	return trace_answer(c, -ENOSYS);
}

#define LSEEK(whence)                                                                           \
	{                                                                                       \
		.nr = SYS_lseek, .channel = BOX_FILE_NUMBERS, .before = lseek_before, .when = { \
			{ .arg = 2, .mask = 0xffffffff, .value = (whence) }                     \
		}                                                                               \
	}
#define IOCTL(request)                                                                          \
	{                                                                                       \
		.nr = SYS_ioctl, .channel = BOX_FILE_NUMBERS, .before = ioctl_before, .when = { \
			{ .arg = 1, .mask = 0xffffffff, .value = (request) }                    \
		}                                                                               \
	}

const struct trace_handler trace_space_calls[] = {
	{ .nr = SYS_statfs, .channel = BOX_MEMORY, .before = watch, .after = after_statfs },
	{ .nr = SYS_fstatfs, .channel = BOX_MEMORY, .before = watch, .after = after_statfs },
	{ .nr = SYS_ustat, .channel = BOX_MEMORY, .before = ustat_before },
	LSEEK(SEEK_DATA),
	LSEEK(SEEK_HOLE),
	IOCTL(FS_IOC_FIEMAP),
	IOCTL(FS_IOC_GETFLAGS),
	IOCTL(FS_IOC_GETVERSION),
	{ .nr = SYS_name_to_handle_at, .channel = BOX_FILE_NUMBERS, .before = handle_before },
	{ .nr = -1 },
};
