#define ASSAY_MAY_ASK_THE_MACHINE
#include "sys/proc.h"

#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"
#include "base/banned.h"

/* Reads both pipes until both are closed; a full buffer is remembered by the buf itself. */
static void drain(int fds[2], struct buf *bufs[2])
{
	while (fds[0] >= 0 || fds[1] >= 0) {
		struct pollfd p[2] = { { fds[0], POLLIN, 0 }, { fds[1], POLLIN, 0 } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++) {
			uint8_t chunk[16384];
			ssize_t n;

			if (!(p[i].revents & (POLLIN | POLLHUP | POLLERR)))
				continue;
			n = read(fds[i], chunk, sizeof chunk);
			if (n > 0 && bufs[i])
				buf_add(bufs[i], chunk, (size_t)n);
			if (n == 0 || (n < 0 && errno != EINTR))
				file_closep(&fds[i]);
		}
	}
}

static int spawn(char *const argv[], char *const envp[], int out, int err_out, pid_t *pid)
{
	posix_spawn_file_actions_t fa;
	int rc;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	if (err_out >= 0)
		posix_spawn_file_actions_adddup2(&fa, err_out, 2);
	posix_spawn_file_actions_addclosefrom_np(&fa, 3);
	rc = posix_spawnp(pid, argv[0], &fa, NULL, argv, envp ? envp : environ);
	posix_spawn_file_actions_destroy(&fa);
	return rc;
}

bool proc_run(char *const argv[], char *const envp[], struct buf *out, struct buf *err_out,
	int *status, struct err *e)
{
	int o[2] = { -1, -1 }, r[2] = { -1, -1 }, wstatus, rc;
	struct buf *bufs[2] = { out, err_out };
	pid_t pid;

	if (pipe2(o, O_CLOEXEC) < 0)
		return err_os(e, "cannot run '%s'", argv[0]);
	if (err_out && pipe2(r, O_CLOEXEC) < 0) {
		err_os(e, "cannot run '%s'", argv[0]);
		file_closep(&o[0]);
		file_closep(&o[1]);
		return false;
	}
	rc = spawn(argv, envp, o[1], r[1], &pid);
	file_closep(&o[1]);
	file_closep(&r[1]);
	drain((int[2]){ o[0], rc == 0 ? r[0] : -1 }, bufs);
	if (rc != 0) {
		file_closep(&r[0]);
		errno = rc;
		err_os(e, "cannot run '%s'", argv[0]);
		if (rc == ENOENT)
			e->kind = ERR_NOTFOUND;
		return false;
	}
	while (waitpid(pid, &wstatus, 0) < 0)
		if (errno != EINTR)
			return err_os(e, "cannot wait for '%s'", argv[0]);
	if ((out && !buf_ok(out)) || (err_out && !buf_ok(err_out)))
		return err_set(e, ERR_LIMIT, "'%s' printed more than the limit", argv[0]);
	*status = WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : 128 + WTERMSIG(wstatus);
	return true;
}
