#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/banned.h"

enum { DEPTH_MAX = 256, TEXT_MAX = 4096, BLOCK = 512 };

/* ---- disk ---- */

static uint64_t used_of_mount(const char *path)
{
	struct statvfs s;

	return statvfs(path, &s) == 0 ? (s.f_blocks - s.f_bfree) * s.f_frsize : 0;
}

struct used {
	uint64_t n;
	bool unseen; /* a folder is there that cannot be looked into */
};

static bool is_gone(int os)
{
	return os == ENOENT || os == ENOTDIR || os == ELOOP;
}

/* What others own, no step has made. */
static bool is_hidden(int parent, const char *name, int os)
{
	struct stat st;

	return !is_gone(os) && fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (os != EACCES || st.st_uid == getuid());
}

/* Links are not followed; what changes meanwhile may be missed. */
static void add_folder(struct used *u, int parent, const char *name, unsigned depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (!d) {
		u->unseen = is_hidden(parent, name, errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	while (!u->unseen && (entry = readdir(d))) {
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			u->unseen = !is_gone(errno);
		else if (!S_ISDIR(st.st_mode))
			u->n += (uint64_t)st.st_blocks * BLOCK / (st.st_nlink ? st.st_nlink : 1);
		else if (depth == DEPTH_MAX)
			u->unseen = true;
		else
			add_folder(u, dirfd(d), entry->d_name, depth + 1);
	}
	closedir(d);
}

/* The first of those that show the same; a single file has a limit of its own. */
static bool is_counted(const struct box_job *job, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(job->binds[k].host, job->binds[i].host))
			return false;
	return job->binds_writable && !job->binds[i].read_only && !job->whole_root;
}

static void add_binds(struct used *u, const struct box_job *job)
{
	for (size_t i = 0; i < job->n_binds; i++)
		if (is_counted(job, i))
			add_folder(u, AT_FDCWD, job->binds[i].at, 0);
}

void trace_limits_begin(struct tracer *t)
{
	struct used u = { 0 };

	add_binds(&u, t->job);
	t->disk_before = u.n;
}

enum box_limit trace_limits_disk(const struct tracer *t)
{
	uint64_t limit = t->job->limits.disk;
	struct used out = { 0 }, binds = { 0 };

	out.n = used_of_mount(t->view.work) + used_of_mount("/tmp") + used_of_mount("/dev/shm");
	if (out.n <= limit)
		add_folder(&out, AT_FDCWD, "/out", 0);
	if (out.n <= limit && !out.unseen)
		add_binds(&binds, t->job);
	if (binds.n > t->disk_before)
		out.n += binds.n - t->disk_before;
	return out.n > limit || out.unseen || binds.unseen ? BOX_LIMIT_DISK : BOX_LIMIT_NONE;
}

/* ---- memory ---- */

static bool read_file(pid_t pid, const char *name, char text[static TEXT_MAX])
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, TEXT_MAX - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = 0;
	return n > 0;
}

/* The number of KiB behind `name`, in bytes. */
static uint64_t field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

/* What is in memory and no file backs (proc_pid_status(5)); shared pages count fully. */
static uint64_t private_of(pid_t pid)
{
	char text[TEXT_MAX];

	if (!read_file(pid, "status", text))
		return 0;
	return field(text, "\nRssAnon:") + field(text, "\nRssShmem:");
}

/* The same with each page divided by those that share it: exact, but slow. */
static uint64_t share_of(pid_t pid)
{
	char text[TEXT_MAX];

	if (!read_file(pid, "smaps_rollup", text))
		return 0;
	if (!strstr(text, "\nPss_Anon:"))
		return field(text, "\nPss:");
	return field(text, "\nPss_Anon:") + field(text, "\nPss_Shmem:");
}

struct sum {
	uint64_t (*of)(pid_t pid);
	uint64_t n;
};

/* A parent that waits for it, as after vfork, has the memory and is counted. */
static bool is_borrower(const struct trace_process *p)
{
	return p->borrows_memory && p->parent && p->parent->n_threads > 0;
}

static void add_first(const struct trace_thread *thread, void *arg)
{
	struct trace_process *p = thread->process;
	struct sum *sum = arg;
	uint64_t n;

	if (!p || p->pid != thread->pid)
		return;
	n = is_borrower(p) ? 0 : sum->of(thread->pid);
	p->counted = n > 0 || is_borrower(p);
	sum->n += n;
}

/* Of a first thread that ended /proc says nothing more; any other will do. */
static void add_other(const struct trace_thread *thread, void *arg)
{
	struct trace_process *p = thread->process;
	struct sum *sum = arg;
	uint64_t n;

	if (!p || p->counted || p->pid == thread->pid)
		return;
	n = sum->of(thread->pid);
	p->counted = n > 0;
	sum->n += n;
}

/* Not by reading /proc: a first process that it lists for itself is not wholly hidden from the others any more. */
static uint64_t sum_of(const struct tracer *t, uint64_t (*of)(pid_t pid))
{
	struct sum sum = { of, 0 };

	trace_threads_each(t->threads, add_first, &sum);
	trace_threads_each(t->threads, add_other, &sum);
	return sum.n;
}

enum box_limit trace_limits_memory(const struct tracer *t)
{
	uint64_t limit = t->job->limits.memory;

	if (sum_of(t, private_of) <= limit || sum_of(t, share_of) <= limit)
		return BOX_LIMIT_NONE;
	return BOX_LIMIT_MEMORY;
}
