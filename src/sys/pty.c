#define ASSAY_MAY_ASK_THE_MACHINE
#include "sys/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

enum { WINDOW_LOOK_MS = 250, CHUNK = 4096, NAME_ROOM = 64 };

struct pty {
	int outer, inner;
	int stop[2]; /* closed by who wants the thread to end */
	pthread_t thread;
	bool runs;
	struct termios before;
};

static void write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno != EINTR && errno != EAGAIN)
			return;
		p += w > 0 ? w : 0;
		n -= w > 0 ? (size_t)w : 0;
	}
}

/* One piece from there to here; false when there is nothing more to come. */
static bool pass(int from, int to)
{
	uint8_t chunk[CHUNK];
	ssize_t n = read(from, chunk, sizeof chunk);

	if (n <= 0)
		return n < 0 && errno == EINTR;
	write_all(to, chunk, (size_t)n);
	return true;
}

static void fit_window(const struct pty *p)
{
	struct winsize user, now;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &user) == 0 &&
		ioctl(p->outer, TIOCGWINSZ, &now) == 0 &&
		(user.ws_row != now.ws_row || user.ws_col != now.ws_col))
		ioctl(p->outer, TIOCSWINSZ, &user);
}

/* What is left of the program's words when it has ended. */
static void drain(const struct pty *p)
{
	struct pollfd left = { p->outer, POLLIN, 0 };

	while (poll(&left, 1, 0) > 0 && (left.revents & POLLIN) && pass(p->outer, STDOUT_FILENO))
		;
}

static void *relay(void *ctx)
{
	const struct pty *p = ctx;
	bool typing = true;

	for (;;) {
		struct pollfd fds[] = { { p->outer, POLLIN, 0 }, { p->stop[0], POLLIN, 0 },
			{ typing ? STDIN_FILENO : -1, POLLIN, 0 } };

		if (poll(fds, ARRAY_LEN(fds), WINDOW_LOOK_MS) < 0 && errno != EINTR)
			return NULL;
		fit_window(p);
		if (fds[0].revents & POLLIN)
			pass(p->outer, STDOUT_FILENO);
		if (fds[2].revents)
			typing = pass(STDIN_FILENO, p->outer);
		if (fds[1].revents) {
			drain(p);
			return NULL;
		}
	}
}

static bool open_pair(struct pty *p, struct err *e)
{
	char name[NAME_ROOM];

	p->outer = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->outer < 0 || grantpt(p->outer) < 0 || unlockpt(p->outer) < 0 ||
		ptsname_r(p->outer, name, sizeof name) != 0)
		return err_os(e, "cannot make a terminal");
	p->inner = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->inner < 0 || pipe2(p->stop, O_CLOEXEC) < 0)
		return err_os(e, "cannot make a terminal");
	return true;
}

static bool start(struct pty *p, struct err *e)
{
	struct termios raw = p->before;

	if (!open_pair(p, e))
		return false;
	if (tcsetattr(p->inner, TCSANOW, &p->before) < 0)
		return err_os(e, "cannot set up a terminal");
	fit_window(p);
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
		return err_os(e, "cannot set up the terminal");
	p->runs = pthread_create(&p->thread, NULL, relay, p) == 0;
	return p->runs || err_set(e, ERR_IO, "cannot start a thread");
}

bool pty_open(struct pty **ret, struct err *e)
{
	struct pty *p;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE, "standard input and output are no terminal");
	p = MEM_NEW(struct pty);
	p->outer = p->inner = p->stop[0] = p->stop[1] = -1;
	if (tcgetattr(STDIN_FILENO, &p->before) < 0) {
		free(p);
		return err_os(e, "cannot look at the terminal");
	}
	if (!start(p, e)) {
		pty_free(p);
		return false;
	}
	*ret = p;
	return true;
}

int pty_inner(const struct pty *p)
{
	return p->inner;
}

void pty_free(struct pty *p)
{
	if (!p)
		return;
	file_closep(&p->stop[1]);
	if (p->runs)
		pthread_join(p->thread, NULL);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &p->before);
	file_closep(&p->stop[0]);
	file_closep(&p->inner);
	file_closep(&p->outer);
	free(p);
}

void pty_freep(struct pty **p)
{
	pty_free(*p);
	*p = NULL;
}
