#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_mounts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box_namespace.h"
#include "box/box_root.h"
#include "box/trace_limits.h"
#include "sys/file.h"
#include "base/banned.h"

/* Covered while the root is made; every Linux has it, and what lies below it is opened before. */
#define STAGE "/tmp"

enum { ETC_FILE_MAX = 16384 };

static const char *const devices[] = { "null", "zero", "full", "random", "urandom" };

/* Top-level names of the box itself, beside the work folder's; those of the sysroot are not shown. */
static const char *const own[] = { "proc", "dev", "sys", "tmp", "out" };

/* %U is the user, %N its number, %H its home, %M the host's name. */
static const struct {
	const char *path, *text;
} etc_files[] = {
	{ "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n%U:x:%N:%N:%U:%H:/bin/sh\n"
			"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n" },
	{ "etc/group", "root:x:0:\n%U:x:%N:\nnogroup:x:65534:\n" },
	{ "etc/hosts", "127.0.0.1 localhost %M\n" },
	{ "etc/hostname", "%M\n" },
	{ "etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n" },
	/* Nobody answers there; but who looks for a name asks, and that is seen. */
	{ "etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n" },
};

static const struct {
	const char *path, *target;
} dev_links[] = {
	{ "dev/fd", "/proc/self/fd" },
	{ "dev/stdin", "/proc/self/fd/0" },
	{ "dev/stdout", "/proc/self/fd/1" },
	{ "dev/stderr", "/proc/self/fd/2" },
};

/* Descriptors of what will be mounted, taken before STAGE covers anything. */
struct sources {
	int sysroot, out;
	int binds[BOX_BINDS_MAX];
	int devices[ARRAY_LEN(devices)];
};

static void sources_done(struct sources *s)
{
	file_closep(&s->sysroot);
	file_closep(&s->out);
	for (size_t i = 0; i < ARRAY_LEN(s->binds); i++)
		file_closep(&s->binds[i]);
	for (size_t i = 0; i < ARRAY_LEN(s->devices); i++)
		file_closep(&s->devices[i]);
}

static bool open_path(int *ret, const char *path, struct err *e)
{
	*ret = open(path, O_PATH | O_CLOEXEC);
	if (*ret >= 0)
		return true;
	err_os(e, "cannot show '%s' in the box", path);
	if (e->os == ENOENT)
		e->kind = ERR_NOTFOUND;
	return false;
}

static bool sources_open(struct sources *s, const struct box_job *job, struct err *e)
{
	memset(s, 0xff, sizeof *s); /* every descriptor -1 */
	if (!open_path(&s->sysroot, job->sysroot, e) || !open_path(&s->out, job->out, e))
		return false;
	for (size_t i = 0; i < job->n_binds; i++)
		if (!open_path(&s->binds[i], job->binds[i].host, e))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
		char path[32];

		snprintf(path, sizeof path, "/dev/%s", devices[i]);
		if (!open_path(&s->devices[i], path, e))
			return false;
	}
	return true;
}

static bool is_own(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (!strcmp(name, own[i]))
			return true;
	return false;
}

/* A place for a mount at path (relative to the new root), with its parents. */
static bool make_place(const char *path, bool folder, struct err *e)
{
	CLEANUP(mem_free) char *copy = mem_string(str_of(path));
	char *slash = strrchr(copy, '/');
	int fd;

	if (folder)
		return file_mkdirs(AT_FDCWD, path, e);
	if (slash) {
		*slash = 0;
		if (!file_mkdirs(AT_FDCWD, copy, e))
			return false;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_os(e, "cannot make a place for '/%s' in the box", path);
	close(fd);
	return true;
}

/* Shows what `dir`/`name` (name "": dir itself) is at path, with the flags of mount_setattr(2). */
static bool graft(int dir, const char *name, const char *path, uint64_t flags, struct err *e)
{
	struct mount_attr attr = { .attr_set = flags };
	CLEANUP(file_closep)
	int fd = open_tree(dir, name,
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW |
			AT_EMPTY_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_os(e, "cannot show '/%s' in the box", path);
		return box_namespace_explain(e);
	}
	if (mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) < 0)
		return err_os(e, "cannot protect '/%s' in the box", path);
	if (!make_place(path, S_ISDIR(st.st_mode), e))
		return false;
	if (move_mount(fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_os(e, "cannot mount '/%s' in the box", path);
	return true;
}

enum { QUIET = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, SEALED = QUIET | MOUNT_ATTR_RDONLY };

/* One entry of the sysroot's folder `dir`: a link is made again, anything else is mounted. */
static bool show_entry(int dir, const char *name, const char *path, struct err *e)
{
	char target[4096];
	ssize_t n = readlinkat(dir, name, target, sizeof target - 1);

	if (n < 0)
		return graft(dir, name, path, SEALED, e);
	target[n] = 0;
	if (symlink(target, path) < 0)
		return err_os(e, "cannot make the link '/%s' in the box", path);
	return true;
}

/* Entries of folder `from` of the sysroot ("." or "etc"), except where something of ours stands already. */
static bool show_folder(int sysroot, const char *from, struct err *e)
{
	bool top = !strcmp(from, ".");
	CLEANUP(file_closep)
	int dir = openat(sysroot, from, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char **names = NULL;
	size_t n = 0;
	bool ok = true;

	if (dir < 0 && errno == ENOENT && !top)
		return true;
	if (dir < 0)
		return err_os(e, "cannot read the sysroot's folder '%s'", from);
	if (!file_names(dir, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++) {
		char path[NAME_MAX + 8];
		struct stat st;

		if (top && (is_own(names[i]) || !strcmp(names[i], "etc")))
			continue;
		snprintf(path, sizeof path, "%s%s", top ? "" : "etc/", names[i]);
		if (lstat(path, &st) < 0)
			ok = show_entry(dir, names[i], path, e);
	}
	file_names_free(names, n);
	return ok;
}

static void fill_in(struct buf *text, const char *pattern, const struct box_view *v)
{
	for (const char *p = pattern; *p; p++) {
		if (*p != '%')
			buf_add(text, p, 1);
		else if (*++p == 'N')
			buf_printf(text, "%u", v->user_id);
		else
			buf_add_cstr(text, *p == 'U'   ? v->user
					   : *p == 'H' ? v->home
						       : v->host_name);
	}
}

static bool make_etc(int sysroot, const struct box_view *v, struct err *e)
{
	if (!file_mkdirs(AT_FDCWD, "etc", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(etc_files); i++) {
		CLEANUP(buf_done) struct buf text = buf_init(ETC_FILE_MAX);

		fill_in(&text, etc_files[i].text, v);
		if (!file_write(AT_FDCWD, etc_files[i].path, buf_span(&text), 0644, e))
			return false;
	}
	return show_folder(sysroot, "etc", e);
}

static bool mount_new(
	const char *type, const char *path, unsigned long flags, const char *options, struct err *e)
{
	if (mount(type, path, type, flags | MS_NOSUID, options) == 0)
		return true;
	err_os(e, "cannot mount a %s on '/%s' in the box", type, path);
	if (e->os == EPERM && !strcmp(type, "proc"))
		return err_hint(e,
			"the kernel refuses a fresh /proc where parts of the present one are covered, as containers do: docker and podman need --security-opt systempaths=unconfined");
	return box_namespace_explain(e);
}

static bool make_dev(const struct sources *s, struct err *e)
{
	/* Read only, a device still takes what is written; but its mode, owner and times, which are the machine's, stay. */
	const uint64_t node = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	struct mount_attr sealed = { .attr_set = MOUNT_ATTR_RDONLY };

	if (!mount_new("tmpfs", "dev", MS_NOEXEC, "mode=755,size=64k", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
		char path[32];

		snprintf(path, sizeof path, "dev/%s", devices[i]);
		if (!graft(s->devices[i], "", path, node, e))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(dev_links); i++)
		if (symlink(dev_links[i].target, dev_links[i].path) < 0)
			return err_os(e, "cannot make '/%s' in the box", dev_links[i].path);
	if (!file_mkdirs(AT_FDCWD, "dev/shm", e))
		return false;
	if (mount_setattr(AT_FDCWD, "dev", 0, &sealed, sizeof sealed) < 0)
		return err_os(e, "cannot protect '/dev' in the box");
	return mount_new("tmpfs", "dev/shm", MS_NODEV, "mode=1777,size=256m,nr_inodes=65536", e);
}

/* Everything that must exist before the root is sealed. */
static bool make_root(const struct sources *s, const struct box_job *job, struct err *e)
{
	struct mount_attr sealed = { .attr_set = SEALED };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (!file_mkdirs(AT_FDCWD, own[i], e))
			return false;
	if (!file_mkdirs(AT_FDCWD, job->view.work + 1, e))
		return err_wrap(e, "cannot make the box's work folder");
	if (!make_etc(s->sysroot, &job->view, e) || !show_folder(s->sysroot, ".", e) ||
		!box_fixed_sys(&job->view, e))
		return false;
	for (size_t i = 0; i < job->n_binds; i++)
		if (!graft(s->binds[i], "", job->binds[i].at + 1,
			    job->binds_writable && !job->binds[i].read_only ? QUIET : SEALED, e))
			return false;
	if (mount_setattr(AT_FDCWD, ".", 0, &sealed, sizeof sealed) < 0)
		return err_os(e, "cannot make the box's root read only");
	return true;
}

static bool make_writable(const struct sources *s, const struct box_job *job, struct err *e)
{
	char options[96];

	snprintf(options, sizeof options, "mode=755,size=%llu,nr_inodes=%d",
		(unsigned long long)job->limits.disk + TRACE_LIMITS_ROOM, TRACE_LIMITS_FILES);
	return mount_new("tmpfs", job->view.work + 1, MS_NODEV, options, e) &&
	       mount_new("tmpfs", "tmp", MS_NODEV, options, e) &&
	       graft(s->out, "", "out", QUIET, e);
}

/*
 * While the root is made, the machine's is still there: a link of the tree would lead into it. So there must be folders, or
 * nothing, where the box mounts something.
 */
static bool check_place(const struct tree *root, const char *place, struct err *e)
{
	struct str all = str_of(place);

	for (size_t n = 1; n <= all.n; n++) {
		const struct node *at;

		if (n < all.n && all.p[n] != '/')
			continue;
		at = tree_find(root, str_make(all.p, n));
		if (!at || at->kind == NODE_FOLDER)
			continue;
		err_set(e, ERR_MISMATCH,
			"'/%.*s' (from %.*s) is no folder, and the box needs one there", (int)n,
			all.p, STR_ARG(at->origin));
		return err_hint(e, "leave out the package or file that it comes from");
	}
	return true;
}

static bool check_places(const struct box_job *job, struct err *e)
{
	static const char *const places[] = { "proc", "dev", "sys" };

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (!check_place(job->whole_root, places[i], e))
			return false;
	for (size_t i = 0; i < job->n_binds; i++)
		if (!check_place(job->whole_root, job->binds[i].at + 1, e))
			return false;
	return true;
}

/* The root of a job with one of its own: nothing of the machine's files is laid over it. */
static bool make_whole_root(const struct sources *s, const struct box_job *job, struct err *e)
{
	static const char *const places[] = { "proc", "dev", "sys" };

	struct mount_attr sealed = { .attr_set = MOUNT_ATTR_RDONLY };

	if (!check_places(job, e) || !box_root_fill(job, s->sysroot, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (!file_mkdirs(AT_FDCWD, places[i], e))
			return false;
	if (!mount_new("tmpfs", "sys", MS_NODEV | MS_NOEXEC, "mode=755,size=1m", e) ||
		!box_fixed_sys(&job->view, e))
		return false;
	if (mount_setattr(AT_FDCWD, "sys", 0, &sealed, sizeof sealed) < 0)
		return err_os(e, "cannot protect '/sys' in the box");
	for (size_t i = 0; i < job->n_binds; i++)
		if (!graft(s->binds[i], "", job->binds[i].at + 1, SEALED, e))
			return false;
	return true;
}

static bool mount_stage(const struct box_job *job, struct err *e)
{
	char options[64];

	snprintf(options, sizeof options, "mode=755,size=%llu,nr_inodes=%d",
		job->whole_root ? (unsigned long long)job->limits.disk : 4ULL << 20,
		TRACE_LIMITS_FILES);
	return mount_new("tmpfs", STAGE, MS_NODEV, options, e);
}

bool box_mounts_enter(const struct box_job *job, struct box_fixed *fixed, int *out, struct err *e)
{
	CLEANUP(sources_done) struct sources s;
	bool whole = job->whole_root;

	if (!sources_open(&s, job, e))
		return false;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		err_os(e, "cannot take the box's mounts from the machine's");
		return box_namespace_explain(e);
	}
	if (!mount_stage(job, e))
		return false;
	if (chdir(STAGE) < 0)
		return err_os(e, "cannot enter the box's root");
	/* Read only: to a caller who is root /proc/sys would obey, core_pattern among it, which the machine executes. */
	if (!(whole ? make_whole_root(&s, job, e) : make_root(&s, job, e)) ||
		!mount_new("proc", "proc", MS_RDONLY | MS_NODEV | MS_NOEXEC, "hidepid=ptraceable",
			e) ||
		!make_dev(&s, e) || !box_fixed_mount(&job->view, "dev/shm", fixed, e) ||
		!(whole || make_writable(&s, job, e)))
		return false;
	/* The old root comes to lie over the new one and is taken off: pivot_root(2), "pivot_root(".", ".")". */
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_os(e, "cannot enter the box's root");
	if (whole) {
		*out = s.out;
		s.out = -1;
	}
	return true;
}
