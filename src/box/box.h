/*
 * The sandbox for steps that must run a program: a compiler, a maintainer script. What runs in it sees a sysroot made of
 * locked packages, declared inputs and nothing else of the machine: no network, no other process, a fixed host name,
 * user, umask, environment, clock, processor, memory and address layout (box_view.h).
 *
 *   /           the sysroot, read only; its usr-merge links and /etc entries are kept, /etc/{passwd,group,hosts,...} are ours
 *   binds       read only (/need, what other components gave), or writable where the job says so (/src, a component's own
 *               copy of its sources)
 *   /out        the output folder, the one thing that outlives the box
 *   /build,/tmp empty, in memory
 *   /proc       of the commands' own processes, read only; what else it tells, and /sys, are fixed files
 *   /dev        null, zero, full, random, urandom, fd, std*, shm
 *
 * Times, order, numbers and sizes of files are the box's own, and its network is a loopback. Whoever asks for more gets an
 * ordinary error, and the result and the log name what was asked.
 *
 * The user inside is `build`, id 1000, which is the caller outside: it needs no privilege where the kernel lets an
 * ordinary user make user namespaces, and root gets the same box. There is one id only: chown to others fails.
 *
 * With whole_root the box is another one, for maintainer scripts: its root is a copy of a tree, writable, with the modes and
 * owners of the tree; the user inside is root with the rights to change both, and the ids 0..65535 are there (box_ids.h).
 *
 * What is not closed stands in doc/box.md.
 */
#ifndef ASSAY_BOX_BOX_H
#define ASSAY_BOX_BOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "box/box_view.h"
#include "tree/tree.h"

enum {
	BOX_VERSION =
		2, /* of what a step can see; a change takes the next number (it is part of every derivation) */
	BOX_USER = 1000, /* user and group id inside */
	BOX_BINDS_MAX = 32,
	BOX_COMMANDS_MAX = 256,
	BOX_ENV_MAX = 64,
	BOX_LOG_MAX = 64 << 20, /* bytes of output kept; what comes after is read and dropped */
	BOX_NOTES_MAX = 64,     /* undeclared inputs listed in the result; all are counted */
	BOX_NOTE_SIZE = 256,
};

/* A file or folder of the machine that is seen. */
struct box_bind {
	const char *host; /* absolute */
	const char *
		at; /* absolute, in the box; below a folder of the sysroot only where that place exists */
	bool read_only; /* whatever the job says */
};

/* Zero means the default in brackets. What ends the box says which it was (box_result.limit). */
struct box_limits {
	unsigned wall_s;      /* of the whole box [3600] */
	unsigned n_processes; /* at one time, threads counted [4096] */
	uint64_t
		memory; /* of all processes together, bytes [8 GiB]; looked at several times a second */
	uint64_t
		disk; /* in /build, /tmp, /dev/shm (all in memory) and /out together, and added to writable binds; bytes [2 GiB]; looked at likewise */
	uint64_t
		file; /* largest file that may be written, bytes [4 GiB]: the writer gets an error */
};

/* As they hold for a box: zeros replaced. */
struct box_limits box_limits_with_defaults(struct box_limits l);

struct box_command {
	const char *const
		*argv; /* ends with NULL; argv[0] is looked up in /usr/sbin:/usr/bin:/sbin:/bin */
};

/* Everything is borrowed for the call. */
struct box_job {
	const char *sysroot; /* absolute */
	const struct box_bind *binds;
	size_t n_binds;
	bool binds_writable; /* what the commands change in them, changes on the machine */
	const char
		*out; /* absolute; seen as /out. Lies in a folder that other users cannot enter. */
	/*
	 * Not NULL: a finished tree, whose files stand in sysroot. It is the root, and what became of it is in `out` when all
	 * commands are done (box_listing.h). There is no /out and no /build; limits.disk is that of the whole root.
	 */
	const struct tree *whole_root;
	const char *cwd; /* in the box; NULL: /build, with whole_root / */
	const struct box_command *
		commands; /* one after the other, until one fails; between two, all that was left running ends */
	size_t n_commands;
	const char *const
		*env; /* "NAME=value" beside and over the fixed ones; ends with NULL; may be NULL */
	int64_t source_date_epoch;
	const uint8_t *seed; /* of all randomness, BOX_SEED_SIZE bytes; NULL: zeros */
	struct box_view view;
	struct box_limits limits;
	/*
	 * A terminal that becomes standard input, output and error of the last command, which leads a session of its own on
	 * it; its output is not in the log then. 0: standard input is empty, as it is for all other commands.
	 */
	int terminal;
};

/* A limit that ended the box. */
enum box_limit {
	BOX_LIMIT_NONE,
	BOX_LIMIT_PROCESSES,
	BOX_LIMIT_MEMORY,
	BOX_LIMIT_DISK,
	BOX_LIMIT_TIME,
};

struct box_result {
	bool done;      /* every command exited with 0 */
	bool timed_out; /* the wall limit ended the box */
	size_t command; /* which failed; n_commands when done */
	int status;     /* its exit code, 128 + signal, 127 when it could not be started */
	enum box_limit limit;
	/*
	 * What the commands asked of the machine that their description does not name, once each:
	 * "network: connect to 192.0.2.1 port 80", "path: /proc/interrupts". The same stands in the log.
	 */
	size_t n_notes; /* found; the first BOX_NOTES_MAX are listed */
	char notes[BOX_NOTES_MAX][BOX_NOTE_SIZE];
};

/*
 * Runs the job and waits; when it returns, no process and no mount of the box is left, also when the caller is killed
 * meanwhile. Standard output and error of the commands go to log_fd in the order in which they were written.
 * A command that fails is a result, not an error. Fails: USAGE for a job that makes no sense, IO when the machine
 * cannot make the box; the text names what is missing and the hint what to set (user namespaces switched off, their
 * number used up, AppArmor, a chroot). Safe to call from several threads.
 */
bool box_run(
	struct box_result *ret, const struct box_job *job, int log_fd, struct err *e) MUST_CHECK;

#endif
