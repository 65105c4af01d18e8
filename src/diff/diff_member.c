#include "diff/diff_member.h"

#include <sys/stat.h>

#include "base/banned.h"

const char *diff_member_kind_name(enum diff_member_kind kind)
{
	static const char *const names[] = {
		[DIFF_MEMBER_FILE] = "file",
		[DIFF_MEMBER_FOLDER] = "folder",
		[DIFF_MEMBER_LINK] = "symbolic link",
		[DIFF_MEMBER_CHARDEV] = "character device",
		[DIFF_MEMBER_BLOCKDEV] = "block device",
		[DIFF_MEMBER_FIFO] = "fifo",
		[DIFF_MEMBER_SOCKET] = "socket",
		[DIFF_MEMBER_HARDLINK] = "hard link",
		[DIFF_MEMBER_PARTITION] = "partition",
	};

	return names[kind];
}

bool diff_member_kind_of_mode(enum diff_member_kind *ret, uint32_t mode)
{
	static const struct {
		uint32_t bits;
		enum diff_member_kind kind;
	} kinds[] = {
		{ S_IFREG, DIFF_MEMBER_FILE },
		{ S_IFDIR, DIFF_MEMBER_FOLDER },
		{ S_IFLNK, DIFF_MEMBER_LINK },
		{ S_IFCHR, DIFF_MEMBER_CHARDEV },
		{ S_IFBLK, DIFF_MEMBER_BLOCKDEV },
		{ S_IFIFO, DIFF_MEMBER_FIFO },
		{ S_IFSOCK, DIFF_MEMBER_SOCKET },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if ((mode & S_IFMT) != kinds[i].bits)
			continue;
		*ret = kinds[i].kind;
		return true;
	}
	return false;
}

bool diff_member_bytes(
	struct diff_bytes *ret, const struct diff_bytes *src, const struct diff_member *m)
{
	if (m->not_read.n || m->n_extents > 1 || (m->n_extents == 1 && m->extents[0].hole))
		return false;
	*ret = m->n_extents ? diff_bytes_slice(src, m->extents[0].at, m->extents[0].size)
			    : (struct diff_bytes){ 0 };
	return true;
}
