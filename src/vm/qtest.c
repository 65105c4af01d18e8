#include "vm/qtest.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/banned.h"

enum { LINE_MAX_SIZE = 2 * QTEST_CHUNK_MAX + 100 };

static bool send_line(const struct qtest *q, struct str line, struct err *e)
{
	while (line.n) {
		ssize_t n = send(q->fd, line.p, line.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_os(e, "cannot ask QEMU");
		line = str_make(line.p + n, line.n - (size_t)n);
	}
	return true;
}

/* Up to and with the next line end; nothing may follow, since nothing was asked. */
static bool receive_line(const struct qtest *q, char *line, size_t *ret, struct err *e)
{
	size_t n = 0;

	while (!n || line[n - 1] != '\n') {
		struct pollfd p = { q->fd, POLLIN, 0 };
		int ready = poll(&p, 1, q->timeout_ms);
		ssize_t got;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return err_set(
				e, ERR_IO, "QEMU did not answer within %d ms", q->timeout_ms);
		if (n == LINE_MAX_SIZE)
			return err_set(e, ERR_IO, "QEMU's answer has no end");
		got = read(q->fd, line + n, LINE_MAX_SIZE - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, ERR_IO, "QEMU has ended");
		n += (size_t)got;
	}
	*ret = n;
	return true;
}

/* Asks, and gives what follows "OK" in the answer: in line, which has LINE_MAX_SIZE bytes. */
static bool ask(const struct qtest *q, const struct buf *what, char *line, struct str *answer,
	struct err *e)
{
	struct str got;
	size_t n;

	assert(buf_ok(what));
	if (!send_line(q, buf_str(what), e) || !receive_line(q, line, &n, e))
		return false;
	got = str_trim(str_make(line, n));
	if (!str_is(got, "OK") && !str_starts(got, "OK "))
		return err_set(
			e, ERR_IO, "QEMU answered '%.*s'", (int)(got.n < 100 ? got.n : 100), got.p);
	*answer = str_trim(str_make(got.p + 2, got.n - 2));
	return true;
}

bool qtest_read(const struct qtest *q, void *dst, size_t n, uint64_t address, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_SIZE);
	char line[LINE_MAX_SIZE];
	struct str answer;

	assert(n && n <= QTEST_CHUNK_MAX);
	buf_printf(&b, "read 0x%llx 0x%zx\n", (unsigned long long)address, n);
	if (!ask(q, &b, line, &answer, e))
		return false;
	if (!str_starts(answer, "0x") || !hex_read(str_make(answer.p + 2, answer.n - 2), dst, n))
		return err_set(e, ERR_IO, "QEMU answered no %zu bytes of memory", n);
	return true;
}

bool qtest_write(const struct qtest *q, const void *src, size_t n, uint64_t address, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_SIZE);
	char line[LINE_MAX_SIZE];
	struct str answer;

	assert(n && n <= QTEST_CHUNK_MAX);
	buf_printf(&b, "write 0x%llx 0x%zx 0x", (unsigned long long)address, n);
	hex_add(&b, (struct span){ src, n });
	buf_add_cstr(&b, "\n");
	return ask(q, &b, line, &answer, e);
}

bool qtest_out32(const struct qtest *q, uint16_t port, uint32_t value, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_SIZE);
	char line[LINE_MAX_SIZE];
	struct str answer;

	buf_printf(&b, "outl 0x%x 0x%x\n", port, value);
	return ask(q, &b, line, &answer, e);
}
