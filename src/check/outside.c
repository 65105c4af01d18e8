#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/outside.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

enum {
	NICE = 1, /* enough to be seen by who looks */
	OTHER_UMASK = 0002,
	OTHER_UMASK_STILL = 0077
};

/* Shared with the child: what became of its work. */
struct report {
	bool ok;
	struct err err;
};

static bool varies(const struct outside *o, enum variation v)
{
	return (o->variations & VARIATION_BIT(v)) != 0;
}

static bool write_text(const char *path, const char *text, struct err *e)
{
	CLEANUP(file_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	return (fd >= 0 && write(fd, text, n) == (ssize_t)n) ||
	       err_os(e, "cannot write '%s'", path);
}

/* Whoever is not root gets the right to a namespace for names from one for users, in which everyone keeps his id. */
static bool own_names(struct err *e)
{
	unsigned uid = geteuid(), gid = getegid();
	char uids[64], gids[64];

	if (unshare(CLONE_NEWUTS) == 0)
		return true;
	snprintf(uids, sizeof uids, "%u %u 1\n", uid, uid);
	snprintf(gids, sizeof gids, "%u %u 1\n", gid, gid);
	if (unshare(CLONE_NEWUSER | CLONE_NEWUTS) < 0)
		return err_os(e, "cannot make a namespace with another host name");
	return write_text("/proc/self/setgroups", "deny", e) &&
	       write_text("/proc/self/uid_map", uids, e) &&
	       write_text("/proc/self/gid_map", gids, e);
}

static bool change_host_name(const struct canaries *c, struct err *e)
{
	if (!own_names(e))
		return false;
	return sethostname(c->outside_host_name, strlen(c->outside_host_name)) == 0 ||
	       err_os(e, "cannot set another host name");
}

/* Of root's rights one stays: to read what the description names wherever it lies. */
static bool keep_reading(struct err *e)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct sets[2] = { 0 };

	sets[0].permitted = sets[0].effective = 1U << CAP_DAC_READ_SEARCH;
	return syscall(SYS_capset, &header, sets) == 0 ||
	       err_os(e, "cannot give up the rights of root");
}

static bool change_user(const struct canaries *c, struct err *e)
{
	gid_t id = c->outside_user_id;

	if (geteuid() != 0)
		return err_set(e, ERR_IO, "only root can build as another user");
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setgroups(0, NULL) < 0 ||
		setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0)
		return err_os(e, "cannot become another user");
	/* A process that changed its user owns its /proc/self no more, where the box writes its ids. */
	return keep_reading(e) &&
	       (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 || err_os(e, "cannot become another user"));
}

static bool change_processors(struct err *e)
{
	cpu_set_t all, one;
	size_t last = CPU_SETSIZE - 1;

	if (par_cores() < 2)
		return err_set(e, ERR_IO, "this process may use one processor only");
	if (sched_getaffinity(0, sizeof all, &all) < 0)
		return err_os(e, "cannot ask for processors");
	while (last > 0 && !CPU_ISSET(last, &all))
		last--;
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	return sched_setaffinity(0, sizeof one, &one) == 0 ||
	       err_os(e, "cannot use one processor only");
}

static bool set(const char *name, const char *value, struct err *e)
{
	return setenv(name, value, 1) == 0 || err_os(e, "cannot set the environment");
}

static bool change_environment(const struct outside *o, struct err *e)
{
	const struct canaries *c = o->canaries;
	struct str name, value;

	str_cut(str_of(c->outside_variable), '=', &name, &value);
	if (varies(o, VARIATION_OUTSIDE_ENVIRONMENT) &&
		(!set("CAPTURE_THE_OUTSIDE", value.p, e) || !set("MAKEFLAGS", "-j3", e) ||
			!set("SOURCE_DATE_EPOCH", "1", e) || !set("CFLAGS", value.p, e)))
		return false;
	if (varies(o, VARIATION_OUTSIDE_HOME) &&
		(!set("HOME", c->outside_home, e) || !set("XDG_CACHE_HOME", c->outside_home, e)))
		return false;
	if (varies(o, VARIATION_OUTSIDE_ZONE) && !set("TZ", c->outside_zone, e))
		return false;
	return !varies(o, VARIATION_OUTSIDE_LOCALE) ||
	       (set("LC_ALL", "et_EE.UTF-8", e) && set("LANG", "et_EE.UTF-8", e) &&
		       set("LANGUAGE", "et_EE:fr", e));
}

static void change_umask(void)
{
	if (umask(OTHER_UMASK) == OTHER_UMASK)
		umask(OTHER_UMASK_STILL);
}

static bool change_priority(struct err *e)
{
	return setpriority(PRIO_PROCESS, 0, NICE) == 0 || err_os(e, "cannot change the priority");
}

static bool change(const struct outside *o, struct err *e)
{
	if (varies(o, VARIATION_OUTSIDE_UMASK))
		change_umask();
	if (varies(o, VARIATION_OUTSIDE_PATH) && o->cwd && chdir(o->cwd) < 0)
		return err_os(e, "cannot enter '%s'", o->cwd);
	if (varies(o, VARIATION_OUTSIDE_PRIORITY) && !change_priority(e))
		return false;
	if (varies(o, VARIATION_OUTSIDE_PROCESSORS) && !change_processors(e))
		return false;
	if (!change_environment(o, e) ||
		(varies(o, VARIATION_OUTSIDE_HOST_NAME) && !change_host_name(o->canaries, e)))
		return false;
	return !varies(o, VARIATION_OUTSIDE_USER) || change_user(o->canaries, e);
}

/* In the child. */
static bool work_there(const struct outside *o, pid_t caller, bool (*work)(void *, struct err *),
	void *ctx, struct err *e)
{
	if (!change(o, e))
		return false;
	/* Behind the change of user, which would forget it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_os(e, "cannot tie a build to its caller");
	if (getppid() != caller)
		return err_set(e, ERR_IO, "the caller is gone");
	return work(ctx, e);
}

static bool wait_for(pid_t pid, const struct report *r, struct err *e)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_os(e, "cannot wait for a build");
	if (!WIFEXITED(status))
		return err_set(e, ERR_IO, "a build was ended by signal %d", WTERMSIG(status));
	if (r->ok)
		return true;
	*e = r->err;
	return false;
}

bool outside_run(
	const struct outside *o, bool (*work)(void *ctx, struct err *e), void *ctx, struct err *e)
{
	struct report *r = mmap(
		NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t caller = getpid(), pid;
	bool ok;

	if (r == MAP_FAILED)
		return err_os(e, "cannot start a build");
	pid = fork();
	if (pid == 0) {
		r->ok = work_there(o, caller, work, ctx, &r->err);
		_exit(0);
	}
	ok = pid > 0 ? wait_for(pid, r, e) : err_os(e, "cannot start a build");
	munmap(r, sizeof *r);
	return ok;
}

/* Can there still be a box? */
static bool try_namespace(void *ctx, struct err *e)
{
	(void)ctx;
	return unshare(CLONE_NEWUSER) == 0 || err_os(e, "there it cannot make a box");
}

bool outside_cannot(enum variation v, const struct canaries *c, struct err *e)
{
	const struct outside o = { .canaries = c, .variations = VARIATION_BIT(v) };

	return !outside_run(&o, try_namespace, NULL, e);
}
