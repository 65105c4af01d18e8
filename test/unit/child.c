#include "vm/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static const struct child_fds none = { { -1, -1, -1 }, 3 };

static void ends(void)
{
	struct child c = { 0 };
	struct err e;
	int status = -1;

	CHECK_OK(child_start(&c, (char *[]){ "sh", "-c", "exit 7", NULL }, &none, &e), e);
	CHECK(child_wait(&c, 5000, &status) && status == 7);
	CHECK(child_ended(&c, &status) && status == 7);
	child_stop(&c);

	CHECK_OK(child_start(&c, (char *[]){ "sleep", "60", NULL }, &none, &e), e);
	CHECK(!child_ended(&c, &status));
	CHECK(!child_wait(&c, 50, &status));
	child_stop(&c);
	CHECK(child_ended(&c, &status) && status == 128 + SIGTERM);
}

static void missing(void)
{
	struct child c = { 0 };
	struct err e;

	CHECK_ERR(child_start(&c, (char *[]){ "no-such-program-here", NULL }, &none, &e), e,
		ERR_NOTFOUND);
	CHECK(c.pid == 0 && e.hint[0]);
	child_stop(&c);
}

/* The pipe arrives as descriptor 3 although it is another one here, and nothing else arrives. */
static void descriptors(void)
{
	char script[] = "echo hi >&3; ls /proc/self/fd | wc -l >&3";
	struct child_fds fds = { { -1, -1, -1, -1 }, 4 };
	struct child c = { 0 };
	char got[16] = "";
	struct err e;
	int p[2], status;
	size_t n = 0;
	ssize_t r;

	CHECK(pipe(p) == 0); /* not close-on-exec: must be closed nevertheless */
	fds.fds[3] = p[1];
	CHECK_OK(child_start(&c, (char *[]){ "sh", "-c", script, NULL }, &fds, &e), e);
	close(p[1]);
	while (n < sizeof got - 1 && (r = read(p[0], got + n, sizeof got - 1 - n)) > 0)
		n += (size_t)r;
	/* 0 to 3, and the folder that ls reads */
	CHECK(!strcmp(got, "hi\n5\n"));
	CHECK(child_wait(&c, 5000, &status) && status == 0);
	close(p[0]);
}

/* A program whose starter is killed is killed too. */
static void dies_with_parent(void)
{
	struct pollfd gone;
	int p[2];
	pid_t starter;
	char byte;

	CHECK(pipe(p) == 0);
	starter = fork();
	if (starter == 0) {
		struct child_fds fds = { { -1, p[1], -1 }, 3 };
		struct child c;
		struct err e;

		if (!child_start(
			    &c, (char *[]){ "sh", "-c", "echo; exec sleep 60", NULL }, &fds, &e))
			_exit(1);
		pause();
		_exit(0);
	}
	close(p[1]);
	CHECK(read(p[0], &byte, 1) == 1);
	kill(starter, SIGKILL);
	waitpid(starter, NULL, 0);
	gone = (struct pollfd){ p[0], POLLIN, 0 };
	CHECK(poll(&gone, 1, 5000) == 1 && read(p[0], &byte, 1) == 0);
	close(p[0]);
}

int main(void)
{
	ends();
	missing();
	descriptors();
	dies_with_parent();
	return test_end();
}
