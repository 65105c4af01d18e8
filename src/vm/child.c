#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"
#include "base/banned.h"

enum { STOP_PATIENCE_MS = 5000, WAIT_STEP_MS = 20 };

/*
 * Puts the descriptors into place; first out of the way, because a source may stand where another belongs. Only what may
 * be called between fork and exec.
 */
static bool place(const struct child_fds *want)
{
	int high[CHILD_FDS_MAX];

	for (size_t i = 0; i < want->n; i++) {
		int fd = want->fds[i] >= 0 ? want->fds[i] : open("/dev/null", O_RDWR | O_CLOEXEC);

		high[i] = fcntl(fd, F_DUPFD_CLOEXEC, CHILD_FDS_MAX);
		if (high[i] < 0)
			return false;
	}
	for (size_t i = 0; i < want->n; i++)
		if (dup2(high[i], (int)i) < 0)
			return false;
	return close_range((unsigned)want->n, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/* The child's side: never returns. What went wrong travels as an errno over the pipe, which a good exec closes. */
__attribute__((noreturn)) static void become(
	char *const argv[], const struct child_fds *fds, pid_t parent, int report)
{
	struct child_fds all = *fds;
	sigset_t none;
	int os;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent) {
		int keep = fcntl(report, F_DUPFD_CLOEXEC, 100);

		report = keep >= 0 ? keep : report;
		if (place(&all))
			execvp(argv[0], argv);
	}
	os = errno;
	if (write(report, &os, sizeof os) < 0)
		_exit(126);
	_exit(127);
}

bool child_start(struct child *ret, char *const argv[], const struct child_fds *fds, struct err *e)
{
	CLEANUP(file_closep) int from = -1;
	int report[2], os = 0;
	pid_t parent = getpid(), pid;
	ssize_t n;

	assert(fds->n >= 3 && fds->n <= CHILD_FDS_MAX);
	if (pipe2(report, O_CLOEXEC) < 0)
		return err_os(e, "cannot run '%s'", argv[0]);
	from = report[0];
	pid = fork();
	if (pid == 0)
		become(argv, fds, parent, report[1]);
	close(report[1]);
	if (pid < 0)
		return err_os(e, "cannot run '%s'", argv[0]);
	while ((n = read(from, &os, sizeof os)) < 0 && errno == EINTR)
		;
	if (n == 0) {
		*ret = (struct child){ .pid = pid };
		return true;
	}
	waitpid(pid, NULL, 0);
	errno = os;
	err_os(e, "cannot run '%s'", argv[0]);
	if (os == ENOENT) {
		e->kind = ERR_NOTFOUND;
		err_hint(e, "install the package that has %s", argv[0]);
	}
	return false;
}

bool child_ended(struct child *c, int *status)
{
	int w;

	if (c->pid) {
		pid_t pid = waitpid(c->pid, &w, WNOHANG);

		if (pid == 0 || (pid < 0 && errno == EINTR))
			return false;
		c->pid = 0;
		c->status = pid < 0 ? -1 : WIFEXITED(w) ? WEXITSTATUS(w) : 128 + WTERMSIG(w);
	}
	*status = c->status;
	return true;
}

bool child_wait(struct child *c, int timeout_ms, int *status)
{
	for (int waited = 0; !child_ended(c, status); waited += WAIT_STEP_MS) {
		if (waited >= timeout_ms)
			return false;
		poll(NULL, 0, WAIT_STEP_MS);
	}
	return true;
}

void child_stop(struct child *c)
{
	int status;

	if (!c->pid || child_ended(c, &status))
		return;
	kill(c->pid, SIGTERM);
	if (child_wait(c, STOP_PATIENCE_MS, &status))
		return;
	kill(c->pid, SIGKILL);
	while (!child_wait(c, STOP_PATIENCE_MS, &status))
		;
}
