#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_namespace.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "base/str.h"
#include "box/box_ids.h"
#include "sys/file.h"
#include "base/banned.h"

enum { MOUNTINFO_MAX = 16 << 20 };

/* Each with the setting that bounds its number (user_namespaces(7), namespaces(7)). */
static const struct {
	int flag;
	const char *what, *limit;
} kinds[] = {
	{ CLONE_NEWUSER, "user", "user.max_user_namespaces" },
	{ CLONE_NEWNS, "mount", "user.max_mnt_namespaces" },
	{ CLONE_NEWPID, "pid", "user.max_pid_namespaces" },
	{ CLONE_NEWIPC, "ipc", "user.max_ipc_namespaces" },
	{ CLONE_NEWUTS, "uts", "user.max_uts_namespaces" },
	{ CLONE_NEWNET, "network", "user.max_net_namespaces" },
};

/* The number in /proc/sys/NAME (dots become slashes), or -1 when this kernel has no such setting. */
static int64_t setting(const char *name)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	char path[128];
	struct err ignored = { 0 };
	uint64_t v;

	snprintf(path, sizeof path, "/proc/sys/%s", name);
	for (char *p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	if (!file_read(AT_FDCWD, path, 64, &text, &ignored))
		return -1;
	return str_u64(str_trim(buf_str(&text)), &v, INT64_MAX) ? (int64_t)v : -1;
}

/* Is "/" of this process no mount point? Then it stands in a chroot; one into a bind mount does not show. */
static bool in_chroot(void)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err ignored = { 0 };
	struct str rest, line;

	if (!file_read(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &text, &ignored))
		return false;
	for (rest = buf_str(&text); rest.n;) {
		struct str field = { 0 };

		str_cut(rest, '\n', &line, &rest);
		/* mount id, parent id, device, root of the mount, mount point (proc_pid_mountinfo(5)) */
		for (int i = 0; i < 5; i++)
			str_cut(line, ' ', &field, &line);
		if (str_is(field, "/"))
			return false;
	}
	return true;
}

bool box_namespace_explain(struct err *e)
{
	if (setting("user.max_user_namespaces") == 0)
		return err_hint(e,
			"user namespaces are switched off; as root: sysctl -w user.max_user_namespaces=10000");
	if (setting("kernel.unprivileged_userns_clone") == 0)
		return err_hint(e,
			"only root may make user namespaces; as root: sysctl -w kernel.unprivileged_userns_clone=1");
	if (setting("kernel.apparmor_restrict_unprivileged_userns") == 1)
		return err_hint(e,
			"AppArmor takes the rights from user namespaces; as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or load a profile for assay with 'userns,'");
	if (in_chroot())
		return err_hint(e,
			"this process runs in a chroot, where the kernel refuses user namespaces to everyone; enter that root with pivot_root (systemd-nspawn, bwrap, unshare and pivot_root) instead of chroot");
	return err_hint(e,
		"nothing in /proc/sys forbids it, so a container, a security module or a chroot does: docker and podman need --security-opt seccomp=unconfined and --security-opt systempaths=unconfined");
}

static bool refused(size_t kind, struct err *e)
{
	int os = errno;

	err_os(e, "cannot make a %s namespace for the box", kinds[kind].what);
	if (os == ENOSPC)
		return err_hint(e,
			"the limit %s is %lld and used up (or namespaces are nested more than 32 deep); as root: sysctl -w %s=10000",
			kinds[kind].limit, (long long)setting(kinds[kind].limit),
			kinds[kind].limit);
	if (os == EINVAL || os == ENOSYS)
		return err_hint(e, "this kernel is built without %s namespaces", kinds[kind].what);
	return box_namespace_explain(e);
}

static bool write_map(const char *path, const char *text, struct err *e)
{
	CLEANUP(file_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	if (fd >= 0 && write(fd, text, n) == (ssize_t)n)
		return true;
	err_os(e, "cannot write '%s', which gives the box its user", path);
	return box_namespace_explain(e);
}

static bool map_ids(unsigned id, uid_t uid, gid_t gid, struct err *e)
{
	char uids[64], gids[64];

	snprintf(uids, sizeof uids, "%u %u 1\n", id, uid);
	snprintf(gids, sizeof gids, "%u %u 1\n", id, gid);
	/* The kernel lets an ordinary user map a group only after giving up setgroups (CVE-2014-8989). */
	return write_map("/proc/self/setgroups", "deny", e) &&
	       write_map("/proc/self/uid_map", uids, e) && write_map("/proc/self/gid_map", gids, e);
}

bool box_namespace_enter(unsigned id, bool many_ids, struct err *e)
{
	CLEANUP(box_ids_done) struct box_ids ids = { .gate = -1 };
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (many_ids && !box_ids_prepare(&ids, e))
		return false;
	/* One by one, so that a refusal names the kind; the user namespace first, since it gives the right to the rest. */
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (unshare(kinds[i].flag) < 0)
			return refused(i, e);
		if (kinds[i].flag == CLONE_NEWUSER &&
			!(many_ids ? box_ids_map(&ids, e) : map_ids(id, uid, gid, e)))
			return false;
	}
	return true;
}
