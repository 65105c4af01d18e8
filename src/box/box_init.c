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
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box/box_mounts.h"
#include "box/box_network.h"
#include "box/box_root.h"
#include "box/box_seccomp.h"
#include "box/trace.h"
#include "box/trace_files.h"
#include "box/trace_limits.h"
#include "box/trace_tsc.h"
#include "base/banned.h"

enum { NOT_STARTED = 127 }; /* the shell's exit code for a command that could not be started */

enum { VAR_SIZE = 512 }; /* of a variable that the view decides */

/* SHELL and what the view says come first; a job's own environment replaces by name, then the view's. */
struct environment {
	const char *vars[256];
	size_t n;
	char text[8][VAR_SIZE];
	size_t n_text;
};

static void set_var(struct environment *env, const char *var, bool replace)
{
	size_t name = strcspn(var, "=") + 1;

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->vars[i], var, name) != 0)
			continue;
		if (replace)
			env->vars[i] = var;
		return;
	}
	if (env->n + 1 < ARRAY_LEN(env->vars))
		env->vars[env->n++] = var;
}

static void make_var(struct environment *env, const char *name, const char *value)
{
	char *text = env->text[env->n_text++];

	snprintf(text, VAR_SIZE, "%s=%s", name, value);
	set_var(env, text, true);
}

static void make_environment(struct environment *env, const struct box_job *job)
{
	const struct box_view *v = &job->view;
	char epoch[32];

	memset(env, 0, sizeof *env);
	snprintf(epoch, sizeof epoch, "%lld", (long long)job->source_date_epoch);
	set_var(env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", true);
	make_var(env, "HOME", v->home);
	make_var(env, "USER", v->user);
	make_var(env, "LOGNAME", v->user);
	set_var(env, "SHELL=/bin/sh", true);
	make_var(env, "LANG", v->locale);
	make_var(env, "LC_ALL", v->locale);
	make_var(env, "TZ", v->zone);
	make_var(env, "SOURCE_DATE_EPOCH", epoch);
	for (size_t i = 0; job->env && job->env[i]; i++)
		set_var(env, job->env[i], true);
	for (size_t i = 0; v->env && v->env[i]; i++)
		set_var(env, v->env[i], true);
	for (size_t i = 0; !box_view_fixes(v, BOX_ENVIRONMENT) && environ[i]; i++)
		set_var(env, environ[i], false);
}

/*
 * For the commands, not for the tracer. Every limit of getrlimit(2) is set, so that none of the caller's shows; never above
 * the caller's hard limit.
 */
static bool set_limits(const struct box_limits *l, struct err *e)
{
	/* The tracer counts, and says which limit it was: then each may be about to make one more that it did not see yet. */
	const rlim_t processes = 2 * (rlim_t)l->n_processes;
	const struct {
		__rlimit_resource_t what;
		rlim_t max;
	} limits[] = {
		/* Memory is watched as a whole. */
		{ RLIMIT_AS, RLIM_INFINITY },
		/* Nothing, also where core files go to a program of the machine: that is run with 0, too. */
		{ RLIMIT_CORE, 1 },
		{ RLIMIT_CPU, RLIM_INFINITY },
		{ RLIMIT_DATA, RLIM_INFINITY },
		{ RLIMIT_FSIZE, l->file },
		{ RLIMIT_NOFILE, 1024 },
		{ RLIMIT_NPROC, processes },
		{ RLIMIT_STACK, 8 << 20 },
		{ RLIMIT_LOCKS, RLIM_INFINITY },
		{ RLIMIT_MEMLOCK, 64 << 10 },
		{ RLIMIT_MSGQUEUE, 800 << 10 },
		{ RLIMIT_NICE, 0 },
		{ RLIMIT_RSS, RLIM_INFINITY },
		{ RLIMIT_RTPRIO, 0 },
		{ RLIMIT_RTTIME, RLIM_INFINITY },
		{ RLIMIT_SIGPENDING, 1024 },
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

/* What the commands of a job keep. */
static uint32_t rights_of(const struct box_job *job)
{
	return job->whole_root ? file_rights : 0;
}

/* Keeps the capabilities with these bits, of the first 32. */
static bool keep_rights(uint32_t bits, struct err *e)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct caps[2] = { { bits, bits, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_capset, &header, caps) < 0)
		return err_os(e, "cannot give up the rights in the box");
	return true;
}

/* The tracer keeps two: to see into a program whose file may be executed but not read, and into folders that a step closed. */
static const uint32_t tracer_rights = 1U << CAP_SYS_PTRACE | 1U << CAP_DAC_READ_SEARCH;

static bool drop_rights(uint32_t kept, struct err *e)
{
	/* The kernel says EINVAL at the first number that it does not know. */
	for (unsigned long cap = 0; cap < 64; cap++)
		if ((cap >= 32 || !(kept >> cap & 1)) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			break;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return err_os(e, "cannot give up the rights in the box");
	if (!keep_rights(kept | tracer_rights, e))
		return false;
	/*
	 * This process still has the caller's command line, environment and descriptors: nobody in the box may look into
	 * it, and since /proc shows only what may be looked into (hidepid), it is not there at all.
	 */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_os(e, "cannot hide the box's first process");
	return true;
}

static bool set_identity(const struct box_view *v, struct err *e)
{
	static const char domain[] = "(none)"; /* the kernel's own default */

	umask(022); /* while the root is made */
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	if (setsid() < 0 || sethostname(v->host_name, strlen(v->host_name)) < 0 ||
		setdomainname(domain, sizeof domain - 1) < 0)
		return err_os(e, "cannot name the box");
	if (personality(box_view_fixes(v, BOX_ADDRESSES) && !v->random_addresses
				? PER_LINUX | ADDR_NO_RANDOMIZE
				: PER_LINUX) < 0)
		return err_os(e, "cannot fix the address layout in the box");
	return true;
}

/* By the machine's /proc, which obeys to what the writer may do in its own pid namespace. */
static bool set_first_pid(const struct box_view *v, struct err *e)
{
	static const char path[] = "/proc/sys/kernel/ns_last_pid";
	char text[16];
	int n = snprintf(text, sizeof text, "%u", v->pid_base - 1), fd;
	bool ok;

	if (v->pid_base == 0)
		return true;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ok = fd >= 0 && write(fd, text, (size_t)n) == n;
	if (!ok)
		err_os(e, "cannot choose the first process number of the box in '%s'", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool prepare(
	const struct box_job *job, struct tracer *tracer, int alive_fd, int *out, struct err *e)
{
	struct pollfd alive = { alive_fd, POLLIN, 0 };
	const struct box_view *v = &job->view;
	const char *cwd = job->cwd ? job->cwd : job->whole_root ? "/" : v->work;
	struct box_fixed fixed = { -1, -1 };

	/* Whoever died between fork and prctl has closed the pipe. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || poll(&alive, 1, 0) < 0)
		return err_os(e, "cannot tie the box to its parent");
	if (alive.revents)
		return err_set(e, ERR_IO, "the box's parent is gone");
	close(alive_fd);
	if (!set_identity(v, e) || !set_first_pid(v, e) || !box_network_up(e) ||
		!box_mounts_enter(job, &fixed, out, e))
		return false;
	umask((mode_t)v->umask_bits);
	if (chdir(cwd) < 0)
		return err_os(e, "cannot enter '%s' in the box", cwd);
	trace_limits_begin(tracer);
	if (tracer->answers)
		tracer->files = trace_files_new(tracer, &fixed);
	return drop_rights(rights_of(job), e);
}

/* All of one run in the box's first process. */
struct init {
	const struct box_job *job;
	struct tracer *tracer;
	struct environment env;
	int log_fd;
};

/* The log takes what a command says; the last one has the job's terminal for itself, if there is one. */
static bool attach(const struct init *in, const struct box_command *c)
{
	int input = open("/dev/null", O_RDONLY), output = in->log_fd;

	if (in->job->terminal && c == &in->job->commands[in->job->n_commands - 1]) {
		input = output = in->job->terminal;
		if (setsid() < 0 || ioctl(input, TIOCSCTTY, 0) < 0)
			return false;
	}
	if (input != 0 && dup2(input, 0) != 0)
		return false;
	return dup2(output, 1) == 1 && dup2(output, 2) == 2;
}

/* In the child, traced already: binds itself and becomes the command. */
static noreturn void start(const struct init *in, const struct box_command *c)
{
	char *const *argv = (char *const *)(uintptr_t)c->argv;
	struct err e = { 0 };

	if (attach(in, c)) {
		close_range(3, ~0U, 0);
		environ = (char **)(uintptr_t)in->env.vars;
		if (in->tracer->answers && box_view_fixes(&in->job->view, BOX_CLOCK))
			trace_tsc_forbid();
		if (!set_limits(&in->job->limits, &e) || !keep_rights(rights_of(in->job), &e) ||
			!box_seccomp_load(
				in->tracer->answers ? in->tracer : NULL, in->job->whole_root, &e)) {
			dprintf(2, "assay: %s\n", e.text);
			_exit(NOT_STARTED);
		}
		execvp(argv[0], argv);
	}
	dprintf(2, "assay: cannot start '%s' in the box: %s\n", argv[0], strerrordesc_np(errno));
	_exit(NOT_STARTED);
}

/* The child waits until it is traced, or knows that it will not be. */
static bool run_one(struct init *in, size_t i, int *status, struct err *e)
{
	int go[2];
	pid_t pid;
	bool ok;

	if (pipe2(go, O_CLOEXEC) < 0)
		return err_os(e, "cannot start a process in the box");
	/* What may not be looked into cannot be traced; at this time nobody is there to look. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	pid = fork();
	if (pid == 0) {
		char byte;

		close(go[1]);
		if (read(go[0], &byte, 1) != 1)
			_exit(NOT_STARTED);
		start(in, &in->job->commands[i]);
	}
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	close(go[0]);
	ok = pid > 0;
	if (!ok)
		err_os(e, "cannot start a process in the box");
	if (ok)
		ok = trace_step(in->tracer, (unsigned)i, pid, go[1], status, e);
	close(go[1]);
	return ok;
}

static bool run_all(struct init *in, struct box_result *r, struct err *e)
{
	for (r->command = 0; r->command < in->job->n_commands; r->command++) {
		if (!run_one(in, r->command, &r->status, e))
			return false;
		if (r->status)
			return true;
	}
	r->done = true;
	return true;
}

noreturn void box_init_run(
	const struct box_job *job, struct box_report *report, int log_fd, int alive_fd)
{
	struct init in = { .job = job, .log_fd = log_fd };
	struct err e = { 0 };
	int out = -1;

	in.tracer = trace_new(job, &report->result, log_fd);
	make_environment(&in.env, job);
	if (prepare(job, in.tracer, alive_fd, &out, &e) && run_all(&in, &report->result, &e) &&
		(!job->whole_root || !report->result.done ||
			box_root_save(out, job->limits.disk, &e)))
		report->finished = true;
	else
		report->err = e;
	report->failed = !report->finished;
	_exit(0);
}
