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
static enum trace_next no_holes(struct trace_call *c)
{
	return trace_answer(c, -EINVAL);
}

static enum trace_next not_supported(struct trace_call *c)
{
	return trace_answer(c, -EOPNOTSUPP);
}

static enum trace_next no_such_call(struct trace_call *c)
{
	return trace_answer(c, -ENOSYS);
}

#define ARG(arg, value)                               \
	{                                             \
		{                                     \
			arg, false, 0xffffffff, value \
		}                                     \
	}

const struct trace_handler trace_space_calls[] = {
	{ SYS_statfs, BOX_MEMORY, watch, after_statfs, { { 0 } } },
	{ SYS_fstatfs, BOX_MEMORY, watch, after_statfs, { { 0 } } },
	{ SYS_ustat, BOX_MEMORY, no_such_call, NULL, { { 0 } } },
	{ SYS_lseek, BOX_FILE_NUMBERS, no_holes, NULL, ARG(2, SEEK_DATA) },
	{ SYS_lseek, BOX_FILE_NUMBERS, no_holes, NULL, ARG(2, SEEK_HOLE) },
	{ SYS_ioctl, BOX_FILE_NUMBERS, not_supported, NULL, ARG(1, FS_IOC_FIEMAP) },
	{ SYS_ioctl, BOX_FILE_NUMBERS, not_supported, NULL, ARG(1, FS_IOC_GETVERSION) },
	{ SYS_ioctl, BOX_FILE_NUMBERS, not_supported, NULL, ARG(1, FS_IOC_GETFLAGS) },
	{ SYS_name_to_handle_at, BOX_FILE_NUMBERS, not_supported, NULL, { { 0 } } },
	{ .nr = -1 },
};
