#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box/box_mounts.h"
#include "box/box_root.h"
#include "box/box_seccomp.h"
#include "base/banned.h"

enum { NOT_STARTED = 127 }; /* the shell's exit code for a command that could not be started */

/* Beside SOURCE_DATE_EPOCH; a job's own environment replaces by name. */
static const char *const fixed_env[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/build",
	"USER=build",
	"LOGNAME=build",
	"SHELL=/bin/sh",
	"LANG=C.UTF-8",
	"LC_ALL=C.UTF-8",
	"TZ=UTC",
};

struct environment {
	const char *vars[ARRAY_LEN(fixed_env) + 1 + BOX_ENV_MAX + 1];
	size_t n;
	char epoch[48];
};

static void set_var(struct environment *env, const char *var)
{
	size_t name = strcspn(var, "=") + 1;

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->vars[i], var, name) != 0)
			continue;
		env->vars[i] = var;
		return;
	}
	env->vars[env->n++] = var;
}

static void make_environment(struct environment *env, const struct box_job *job)
{
	memset(env, 0, sizeof *env);
	for (size_t i = 0; i < ARRAY_LEN(fixed_env); i++)
		set_var(env, fixed_env[i]);
	snprintf(env->epoch, sizeof env->epoch, "SOURCE_DATE_EPOCH=%lld",
		(long long)job->source_date_epoch);
	set_var(env, env->epoch);
	for (size_t i = 0; job->env && job->env[i]; i++)
		set_var(env, job->env[i]);
}

/* Every limit of getrlimit(2) is set, so that none of the caller's shows; never above the caller's hard limit. */
static bool set_limits(const struct box_limits *l, struct err *e)
{
	const struct {
		__rlimit_resource_t what;
		rlim_t max;
	} limits[] = {
		{ RLIMIT_AS, l->memory },
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_CPU, RLIM_INFINITY },
		{ RLIMIT_DATA, RLIM_INFINITY },
		{ RLIMIT_FSIZE, l->file },
		{ RLIMIT_NOFILE, 1024 },
		{ RLIMIT_NPROC, l->n_processes },
		{ RLIMIT_STACK, 8 << 20 },
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit now;

		if (getrlimit(limits[i].what, &now) < 0)
			return err_os(e, "cannot read a resource limit");
		now.rlim_cur = limits[i].max < now.rlim_max ? limits[i].max : now.rlim_max;
		now.rlim_max = now.rlim_cur;
		if (setrlimit(limits[i].what, &now) < 0)
			return err_os(e, "cannot set a resource limit of the box");
	}
	return true;
}

/* What is left to a root of its own: all that concerns files and users, nothing that concerns the system. */
static const uint32_t file_rights = 1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER |
				    1U << CAP_FSETID | 1U << CAP_KILL | 1U << CAP_SETGID |
				    1U << CAP_SETUID;

static bool drop_rights(uint32_t kept, struct err *e)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct rights[2] = { { kept, kept, 0 } };

	/* The kernel says EINVAL at the first number that it does not know. */
	for (unsigned long cap = 0; cap < 64; cap++)
		if ((cap >= 32 || !(kept >> cap & 1)) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			break;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
		syscall(SYS_capset, &header, rights) < 0)
		return err_os(e, "cannot give up the rights in the box");
	/*
	 * This process still has the caller's command line, environment and descriptors: nobody in the box may look into
	 * it, and since /proc shows only what may be looked into (hidepid), it is not there at all.
	 */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_os(e, "cannot hide the box's first process");
	return true;
}

static bool set_identity(struct err *e)
{
	static const char host[] = "assay", domain[] = "(none)"; /* the kernel's own default */

	umask(022);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	if (setsid() < 0 || sethostname(host, sizeof host - 1) < 0 ||
		setdomainname(domain, sizeof domain - 1) < 0)
		return err_os(e, "cannot name the box");
	if (personality(PER_LINUX | ADDR_NO_RANDOMIZE) < 0)
		return err_os(e, "cannot fix the address layout in the box");
	return true;
}

static bool prepare(const struct box_job *job, int alive_fd, int *out, struct err *e)
{
	struct pollfd alive = { alive_fd, POLLIN, 0 };
	const char *cwd = job->cwd ? job->cwd : job->whole_root ? "/" : "/build";

	/* Whoever died between fork and prctl has closed the pipe. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || poll(&alive, 1, 0) < 0)
		return err_os(e, "cannot tie the box to its parent");
	if (alive.revents)
		return err_set(e, ERR_IO, "the box's parent is gone");
	close(alive_fd);
	if (!set_identity(e) || !box_mounts_enter(job, out, e))
		return false;
	if (chdir(cwd) < 0)
		return err_os(e, "cannot enter '%s' in the box", cwd);
	return set_limits(&job->limits, e) && drop_rights(job->whole_root ? file_rights : 0, e) &&
	       box_seccomp_load(job->whole_root, e);
}

static noreturn void start(const struct box_command *c, const char *const *env, int log_fd)
{
	char *const *argv = (char *const *)(uintptr_t)c->argv;
	int null = open("/dev/null", O_RDONLY);

	if (null == 0 || dup2(null, 0) == 0) {
		dup2(log_fd, 1);
		dup2(log_fd, 2);
		close_range(3, ~0U, 0);
		environ = (char **)(uintptr_t)env;
		execvp(argv[0], argv);
	}
	dprintf(2, "assay: cannot start '%s' in the box: %s\n", argv[0], strerrordesc_np(errno));
	_exit(NOT_STARTED);
}

/* Waits for pid, reaping whatever else ends; then ends what it left running. */
static int wait_for(pid_t pid)
{
	int status = 0, got;
	pid_t who;

	while ((who = waitpid(-1, &got, 0)) != pid)
		if (who < 0 && errno != EINTR)
			break;
	if (who == pid)
		status = WIFEXITED(got) ? WEXITSTATUS(got) : 128 + WTERMSIG(got);
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	return status;
}

static bool run_all(const struct box_job *job, struct box_result *r, int log_fd, struct err *e)
{
	struct environment env;

	make_environment(&env, job);
	for (r->command = 0; r->command < job->n_commands; r->command++) {
		pid_t pid = fork();

		if (pid < 0)
			return err_os(e, "cannot start a process in the box");
		if (pid == 0)
			start(&job->commands[r->command], env.vars, log_fd);
		r->status = wait_for(pid);
		if (r->status)
			return true;
	}
	r->done = true;
	return true;
}

noreturn void box_init_run(
	const struct box_job *job, struct box_report *report, int log_fd, int alive_fd)
{
	struct err e = { 0 };
	int out = -1;

	if (prepare(job, alive_fd, &out, &e) && run_all(job, &report->result, log_fd, &e) &&
		(!job->whole_root || !report->result.done || box_root_save(out, &e)))
		report->finished = true;
	else
		report->err = e;
	report->failed = !report->finished;
	_exit(0);
}
