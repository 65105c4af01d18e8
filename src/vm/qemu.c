#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/qemu.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/file.h"
#include "vm/child.h"
#include "vm/qemu_arguments.h"
#include "base/banned.h"

enum {
	VARS_MAX = 16 << 20, /* the variable store of OVMF is at most 540 KiB */
	SAID_MAX = 8192,     /* of QEMU's own messages */
	PATH_TEXT_MAX = 65536,
	END_PATIENCE_MS = 5000,
};

struct qemu {
	struct child child;
	int console, said_fd; /* -1: closed by QEMU */
	struct buf said;
	char line[QEMU_LINE_MAX]; /* console bytes that were not given out yet */
	size_t n_line, n_given;
	uint16_t host_port;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool free_port(uint16_t *ret, struct err *e)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	CLEANUP(file_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof a;

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &size) < 0)
		return err_os(e, "cannot find a free port");
	*ret = ntohs(a.sin_port);
	return true;
}

static bool copy_vars(const struct qemu_machine *m, char **ret, struct err *e)
{
	CLEANUP(buf_done) struct buf vars = { 0 };
	CLEANUP(mem_free) char *path = NULL;
	struct buf b = buf_init(PATH_TEXT_MAX);

	buf_printf(&b, "%s/vars.fd", m->folder);
	path = buf_take_cstr(&b);
	if (!file_read(AT_FDCWD, m->firmware_vars, VARS_MAX, &vars, e) ||
		!file_write(AT_FDCWD, path, buf_span(&vars), 0600, e))
		return false;
	*ret = TAKE(path);
	return true;
}

/* QEMU would say it too, but not as an error that a caller can tell apart. */
static bool check_files(const struct qemu_machine *m, struct err *e)
{
	const char *const files[] = { m->firmware_code, m->firmware_vars, m->disk };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (!files[i] || access(files[i], R_OK) == 0)
			continue;
		err_os(e, "cannot read '%s'", files[i]);
		if (e->os == ENOENT)
			e->kind = ERR_NOTFOUND;
		return false;
	}
	if (m->n_arguments > QEMU_EXTRA_MAX)
		return err_set(e, ERR_LIMIT, "%zu further QEMU arguments, limit %d", m->n_arguments,
			QEMU_EXTRA_MAX);
	if (m->n_forwards > QEMU_FORWARDS_MAX)
		return err_set(e, ERR_LIMIT, "%zu forwarded ports, limit %d", m->n_forwards,
			QEMU_FORWARDS_MAX);
	return true;
}

static bool launch(struct qemu *q, const struct qemu_machine *m, const char *vars, struct err *e)
{
	CLEANUP(qemu_arguments_done) struct qemu_arguments a = { .n = 0 };
	struct child_fds fds = { { -1, -1, -1, m->tpm ? swtpm_control(m->tpm) : -1 }, 4 };
	int console[2], said[2];
	bool ok;

	qemu_arguments_make(&a, m, vars, 3, q->host_port);
	if (pipe2(console, O_CLOEXEC) < 0)
		return err_os(e, "cannot start QEMU");
	q->console = console[0];
	fds.fds[1] = console[1];
	if (pipe2(said, O_CLOEXEC) < 0) {
		err_os(e, "cannot start QEMU");
		close(console[1]);
		return false;
	}
	q->said_fd = said[0];
	fds.fds[2] = said[1];
	ok = child_start(&q->child, a.argv, &fds, e);
	close(console[1]);
	close(said[1]);
	if (!ok && e->kind == ERR_NOTFOUND)
		err_hint(e, "install qemu-system-x86");
	return ok;
}

bool qemu_start(struct qemu **ret, const struct qemu_machine *m, struct err *e)
{
	CLEANUP(qemu_freep) struct qemu *q = MEM_NEW(struct qemu);
	CLEANUP(mem_free) char *vars = NULL;

	q->console = q->said_fd = -1;
	q->said = buf_init(SAID_MAX);
	if (!check_files(m, e) || !copy_vars(m, &vars, e))
		return err_wrap(e, "cannot start a machine");
	if (m->guest_port) {
		q->host_port = m->host_port;
		if (!q->host_port && !free_port(&q->host_port, e))
			return false;
	}
	if (!launch(q, m, vars, e))
		return false;
	*ret = TAKE(q);
	return true;
}

/* What QEMU says on standard error: the first SAID_MAX bytes are kept, the rest is read and dropped. */
static void hear(struct qemu *q)
{
	char chunk[1024];
	ssize_t n = read(q->said_fd, chunk, sizeof chunk);

	if (n == 0 || (n < 0 && errno != EINTR))
		file_closep(&q->said_fd);
	if (n > 0 && (size_t)n <= q->said.max - q->said.n)
		buf_add(&q->said, chunk, (size_t)n);
}

/* A whole line (or a full buffer, or the rest after the end) that is already there. */
static bool take_line(struct qemu *q, struct str *line)
{
	const char *end;
	size_t n;

	if (q->n_given) {
		q->n_line -= q->n_given;
		memmove(q->line, q->line + q->n_given, q->n_line);
		q->n_given = 0;
	}
	end = memchr(q->line, '\n', q->n_line);
	if (end) {
		n = (size_t)(end - q->line);
		q->n_given = n + 1;
	} else if (q->n_line == sizeof q->line || (q->console < 0 && q->n_line > 0)) {
		n = q->n_given = q->n_line;
	} else {
		return false;
	}
	while (n > 0 && q->line[n - 1] == '\r')
		n--;
	*line = str_make(q->line, n);
	return true;
}

static void listen_to(struct qemu *q, int timeout_ms)
{
	struct pollfd p[2] = { { q->console, POLLIN, 0 }, { q->said_fd, POLLIN, 0 } };

	if (poll(p, 2, timeout_ms) <= 0)
		return;
	if (p[1].revents)
		hear(q);
	if (p[0].revents) {
		ssize_t n = read(q->console, q->line + q->n_line, sizeof q->line - q->n_line);

		if (n == 0 || (n < 0 && errno != EINTR))
			file_closep(&q->console);
		else if (n > 0)
			q->n_line += (size_t)n;
	}
}

enum qemu_event qemu_next(struct qemu *q, int timeout_ms, struct str *line)
{
	int64_t end = now_ms() + timeout_ms;

	for (;;) {
		int64_t left = end - now_ms();

		if (take_line(q, line))
			return QEMU_LINE;
		if (q->console < 0 && q->said_fd < 0)
			return QEMU_STOPPED;
		listen_to(q, left > 0 ? (int)left : 0);
		if (left > 0)
			continue;
		return take_line(q, line) ? QEMU_LINE : QEMU_TIMEOUT;
	}
}

bool qemu_status(struct qemu *q, struct err *e)
{
	static const char taken[] = "Could not set up host forwarding rule";
	struct str said = str_trim(buf_str(&q->said));
	int status;

	if (!child_wait(&q->child, END_PATIENCE_MS, &status))
		return err_set(e, ERR_IO, "QEMU closed its console but does not end");
	if (status == 0)
		return true;
	err_set(e, ERR_IO, "QEMU ended with %d: %.*s", status, (int)(said.n < 400 ? said.n : 400),
		said.n ? said.p : "it did not say why");
	if (said.n && memmem(said.p, said.n, taken, sizeof taken - 1))
		err_hint(e,
			"a port of this machine is taken: choose others with --port, --forward HOST:GUEST");
	else
		err_hint(e, "look at what --qemu-arg gave it, and whether memory is free");
	return false;
}

bool qemu_kvm_failed(const struct qemu *q)
{
	static const char message[] = "KVM internal error";

	return q->said.n && memmem(q->said.p, q->said.n, message, sizeof message - 1);
}

uint16_t qemu_host_port(const struct qemu *q)
{
	return q->host_port;
}

int qemu_fd(const struct qemu *q)
{
	return q->console;
}

void qemu_free(struct qemu *q)
{
	if (!q)
		return;
	child_stop(&q->child);
	file_closep(&q->console);
	file_closep(&q->said_fd);
	buf_done(&q->said);
	free(q);
}

void qemu_freep(struct qemu **q)
{
	qemu_free(*q);
}
