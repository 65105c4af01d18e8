#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box/box_init.h"
#include "box/box_namespace.h"
#include "box/box_own.h"
#include "sys/file.h"
#include "base/banned.h"

enum { WALL_DEFAULT_S = 3600, WALL_MAX_S = 7 * 24 * 3600, PROCESSES_DEFAULT = 4096 };

static const uint64_t memory_default = 8ULL << 30, file_default = 4ULL << 30,
		      disk_default = 2ULL << 30;

static bool is_absolute(const char *path)
{
	return path && path[0] == '/' && path[1] && !strstr(path, "/../");
}

static bool check(const struct box_job *job, struct err *e)
{
	const struct box_view *v = &job->view;
	size_t n_env = 0;

	while (job->env && job->env[n_env])
		if (!strchr(job->env[n_env++], '='))
			return err_set(e, ERR_USAGE, "box: '%s' is no environment variable",
				job->env[n_env - 1]);
	if (!is_absolute(job->sysroot) || !is_absolute(job->out))
		return err_set(e, ERR_USAGE, "box: sysroot and output must be absolute paths");
	if (job->n_binds > BOX_BINDS_MAX || job->n_commands > BOX_COMMANDS_MAX ||
		n_env > BOX_ENV_MAX)
		return err_set(e, ERR_LIMIT,
			"box: %zu binds, %zu commands, %zu variables; limits are %d, %d, %d",
			job->n_binds, job->n_commands, n_env, BOX_BINDS_MAX, BOX_COMMANDS_MAX,
			BOX_ENV_MAX);
	if ((v->work && !is_absolute(v->work)) || v->n_processors > BOX_PROCESSORS_MAX ||
		(v->host_name && strlen(v->host_name) > HOST_NAME_MAX))
		return err_set(e, ERR_USAGE,
			"box: a view without an absolute work folder, with more than %d processors or a host name of more than %d bytes",
			BOX_PROCESSORS_MAX, HOST_NAME_MAX);
	for (size_t i = 0; i < job->n_binds; i++)
		if (!is_absolute(job->binds[i].host) || !is_absolute(job->binds[i].at))
			return err_set(e, ERR_USAGE, "box: bind %zu has no absolute path", i);
	for (size_t i = 0; i < job->n_commands; i++)
		if (!job->commands[i].argv || !job->commands[i].argv[0])
			return err_set(e, ERR_USAGE, "box: command %zu is empty", i);
	return true;
}

struct box_limits box_limits_with_defaults(struct box_limits l)
{
	if (l.wall_s == 0)
		l.wall_s = WALL_DEFAULT_S;
	if (l.wall_s > WALL_MAX_S)
		l.wall_s = WALL_MAX_S;
	if (l.memory == 0)
		l.memory = memory_default;
	if (l.file == 0)
		l.file = file_default;
	if (l.disk == 0)
		l.disk = disk_default;
	if (l.n_processes == 0)
		l.n_processes = PROCESSES_DEFAULT;
	return l;
}

/*
 * Moves *fd to 3, and *terminal (unless it is 0) to 4, and closes everything above: no other descriptor of the caller
 * reaches the box.
 */
static bool keep_only(int *fd, int *terminal, struct err *e)
{
	int high = *terminal ? fcntl(*terminal, F_DUPFD_CLOEXEC, 5) : 5;

	if (high < 0 || (*fd != 3 && dup2(*fd, 3) != 3) ||
		(*terminal && dup3(high, 4, O_CLOEXEC) != 4))
		return err_os(e, "cannot prepare the box");
	*fd = 3;
	*terminal = *terminal ? 4 : 0;
	if (close_range(*terminal ? 5 : 4, ~0U, 0) < 0)
		return err_os(e, "cannot close descriptors for the box");
	return true;
}

/* Waits for the box's first process until the wall limit, then kills it and with it the whole pid namespace. */
static bool guard(pid_t pid, unsigned wall_s, struct box_report *report, struct err *e)
{
	CLEANUP(file_closep) int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { fd, POLLIN, 0 };
	int rc, status;

	if (fd < 0) {
		err_os(e, "cannot watch the box");
		kill(pid, SIGKILL);
		return false;
	}
	do
		rc = poll(&p, 1, (int)(wall_s * 1000));
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_os(e, "cannot wait for the box");
	if (rc == 0) {
		report->finished = report->result.timed_out = true;
		report->result.limit = BOX_LIMIT_TIME;
		report->result.status = 128 + SIGKILL;
		return true;
	}
	if (report->finished || report->failed)
		return true;
	return err_set(e, ERR_IO, "the box was ended from outside (signal %d)",
		WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

/* In the child of box_run: enters the namespaces, starts the box's first process and guards it. */
static bool outer(const struct box_job *given, pid_t caller, struct box_report *report, int log_fd,
	struct err *e)
{
	struct box_job own = *given, *job = &own;
	sigset_t none;
	int alive[2];
	pid_t pid;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	if (!keep_only(&log_fd, &job->terminal, e) ||
		!box_namespace_enter(job->view.user_id, job->whole_root, e))
		return false;
	/* After the change of user namespace, which could forget it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || pipe2(alive, O_CLOEXEC) < 0)
		return err_os(e, "cannot tie the box to its caller");
	if (getppid() != caller)
		return err_set(e, ERR_IO, "the box's caller is gone");
	pid = fork();
	if (pid < 0)
		return err_os(e, "cannot start the box");
	if (pid == 0) {
		close(alive[1]);
		box_init_run(job, report, log_fd, alive[0]);
	}
	close(alive[0]);
	close(log_fd);
	return guard(pid, job->limits.wall_s, report, e);
}

/* Copies what the box prints until all its writers are gone; what is beyond BOX_LOG_MAX or cannot be kept is dropped. */
static bool relay(int from, int to, struct err *e)
{
	static const char cut[] = "\nassay: the output of the box was longer than is kept\n";
	size_t kept = 0;
	bool ok = true;

	for (;;) {
		uint8_t chunk[65536];
		ssize_t n = read(from, chunk, sizeof chunk);
		size_t keep = 0;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ok;
		while (ok && kept < BOX_LOG_MAX && keep < (size_t)n) {
			ssize_t w = write(to, chunk + keep, (size_t)n - keep);

			if (w < 0 && errno != EINTR)
				ok = err_os(e, "cannot write the box's log");
			keep += w > 0 ? (size_t)w : 0;
		}
		if (kept < BOX_LOG_MAX && kept + keep >= BOX_LOG_MAX)
			ok = ok && write(to, cut, sizeof cut - 1) > 0;
		kept += keep;
	}
}

static bool run(const struct box_job *job, struct box_report *report, int log_fd, struct err *e)
{
	pid_t caller = getpid(), pid;
	int log[2];
	bool ok;

	if (pipe2(log, O_CLOEXEC) < 0)
		return err_os(e, "cannot make the box's log");
	pid = fork();
	if (pid < 0) {
		err_os(e, "cannot start the box");
		close(log[0]);
		close(log[1]);
		return false;
	}
	if (pid == 0) {
		struct err inner = { 0 };

		if (!outer(job, caller, report, log[1], &inner)) {
			report->err = inner;
			report->failed = true;
		}
		_exit(0);
	}
	close(log[1]);
	ok = relay(log[0], log_fd, e);
	close(log[0]);
	while (waitpid(pid, NULL, 0) < 0)
		if (errno != EINTR)
			return err_os(e, "cannot wait for the box");
	return ok;
}

bool box_run(struct box_result *ret, const struct box_job *job, int log_fd, struct err *e)
{
	struct box_job full = *job;
	struct box_report *report;
	struct box_own own;
	bool ok;

	if (!check(job, e))
		return false;
	full.limits = box_limits_with_defaults(job->limits);
	full.view = box_view_full(&job->view, job->source_date_epoch, job->seed);
	box_own_show(&full, &own);
	report = mmap(
		NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED)
		return err_os(e, "cannot start the box");
	ok = run(&full, report, log_fd, e);
	if (ok && report->failed) {
		*e = report->err;
		ok = false;
	} else if (ok && !report->finished) {
		ok = err_set(e, ERR_IO, "the box was ended from outside");
	}
	if (ok)
		*ret = report->result;
	munmap(report, sizeof *report);
	return ok;
}
