/*
 * What is inside a container (file system, archive, partition table), as the readers in this folder list it: members
 * with all that the format says of them, and facts of the container itself (identifiers, times, labels). One model for all
 * formats, so that one comparison serves them all. A reader is total: whatever the bytes are, it ends soon, with a list or
 * with an error (FORMAT, LIMIT) after which the bytes can still be compared as bytes.
 */
#ifndef ASSAY_DIFF_MEMBER_H
#define ASSAY_DIFF_MEMBER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "diff/diff_bytes.h"
#include "tree/tree.h"

enum {
	DIFF_MEMBERS_MAX = 1000000,  /* of one container */
	DIFF_MEMBER_DEPTH_MAX = 256, /* folders in folders */
	DIFF_MEMBER_PATH_MAX = 4095, /* bytes */
	DIFF_MEMBER_PIECES_MAX =
		4000000, /* extents of all members together, before neighbours are joined */
};

enum diff_member_kind {
	DIFF_MEMBER_FILE,
	DIFF_MEMBER_FOLDER,
	DIFF_MEMBER_LINK,
	DIFF_MEMBER_CHARDEV,
	DIFF_MEMBER_BLOCKDEV,
	DIFF_MEMBER_FIFO,
	DIFF_MEMBER_SOCKET,
	DIFF_MEMBER_HARDLINK,  /* tar: another name of what stands at target */
	DIFF_MEMBER_PARTITION, /* content is its slice of the disk */
};
const char *diff_member_kind_name(enum diff_member_kind kind); /* "file", "folder", ... */
/* Of a mode as Linux has it in inodes (S_IFMT); false when it is none of those. */
bool diff_member_kind_of_mode(enum diff_member_kind *ret, uint32_t mode) MUST_CHECK;

/* Something that a format says beside what all formats say: "volume id" "1234-ABCD", with its place in the source. */
struct diff_fact {
	const char *name; /* static */
	struct str value; /* fit to compare; may hold any bytes */
	uint64_t at, size;
};

/* A piece of a content: bytes at .. at + size of the source, which are there; a hole is size zeros that stand nowhere. */
struct diff_extent {
	uint64_t at, size;
	bool hole;
};

struct diff_member {
	/*
	 * Without "./" or "/" at its front and "/" at its end; the root is "". Any bytes but NUL (a hostile archive has
	 * control characters and ".." in it: show it escaped, never open it). An archive may name a path twice.
	 */
	struct str path;
	enum diff_member_kind kind;
	uint32_t mode; /* 07777; what a format does not have is 0: FAT has no modes and owners */
	uint32_t uid, gid;
	int64_t mtime_unix;
	uint32_t mtime_nanoseconds;
	uint64_t
		inode; /* the number that the format gives: one number twice is one file with two names; 0: none */
	uint32_t n_links;
	struct str target; /* LINK, HARDLINK */
	uint32_t dev_major, dev_minor;
	const struct xattr *xattrs; /* sorted by name */
	size_t n_xattrs;
	uint64_t
		size; /* FILE, PARTITION: bytes of content; the extents together are just as long */
	const struct diff_extent *extents; /* in the order of the content, neighbours joined */
	size_t n_extents;
	/* Not empty: the content is there but not given, with the reason: "compressed with LZ4". Then n_extents is 0. */
	struct str not_read;
	const struct diff_fact
		*facts; /* what only this format has: "alias", "type", "GUID", "owner's name" */
	size_t n_facts;
	uint64_t at, head_size; /* where its inode, header or entry stands in the source */
};

struct diff_members {
	const struct diff_member *
		list; /* in the order in which the container has them, a folder before what it holds */
	size_t n;
	const struct diff_fact *facts; /* of the container */
	size_t n_facts;
	/*
	 * The reader looked at bytes 0 .. end of the source; what follows is something else (the compressed archive behind
	 * an early microcode archive) or nothing (end is the size).
	 */
	uint64_t end;
	bool numbered; /* inode is a field that counts as a difference */
};

/*
 * The whole content when it lies in one piece without holes, as it nearly always does: *ret borrows src. False when it
 * does not, and for not_read.
 */
bool diff_member_bytes(
	struct diff_bytes *ret, const struct diff_bytes *src, const struct diff_member *m);

#endif
