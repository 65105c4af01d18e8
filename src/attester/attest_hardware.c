#define ASSAY_MAY_ASK_THE_MACHINE
#include "attester/attest_hardware.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attester/attest_nsm.h"
#include "attester/attest_tsm.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/banned.h"

/* Head of an answer: three sizes, u32le, of an error's text, the evidence and the certificates, which follow. */
enum { HEAD_SIZE = 12, PART_MAX = BUNDLE_HARDWARE_MAX };

struct attest_hardware {
	int fd;
	pid_t pid;
};

/* False at the end of the other side, too. */
static bool read_whole(int fd, void *p, size_t n)
{
	uint8_t *to = p;

	while (n > 0) {
		ssize_t got = read(fd, to, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

static bool write_whole(int fd, struct span s)
{
	size_t at = 0;

	while (at < s.n) {
		ssize_t put = send(fd, s.p + at, s.n - at, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += (size_t)put;
	}
	return true;
}

static bool take(struct buf *evidence, struct buf *certificates, enum bundle_kind kind,
	const struct attest_hardware_at *at, const uint8_t *data, struct err *e)
{
	if (kind == BUNDLE_NITRO)
		return attest_nsm_document(evidence, at->nsm, data, e);
	return attest_tsm_report(evidence, certificates, kind, at->tsm, data, e);
}

/* The process's whole life. */
static void answer_all(int fd, enum bundle_kind kind, const struct attest_hardware_at *at)
{
	uint8_t data[ATTEST_HARDWARE_DATA];

	while (read_whole(fd, data, sizeof data)) {
		CLEANUP(buf_done) struct buf evidence = buf_init(PART_MAX);
		CLEANUP(buf_done) struct buf certificates = buf_init(PART_MAX);
		CLEANUP(buf_done) struct buf out = buf_init(HEAD_SIZE + 3 * PART_MAX);
		struct err e = { 0 };

		if (!take(&evidence, &certificates, kind, at, data, &e))
			evidence.n = certificates.n = 0;
		buf_u32le(&out, (uint32_t)strlen(e.text));
		buf_u32le(&out, (uint32_t)evidence.n);
		buf_u32le(&out, (uint32_t)certificates.n);
		buf_add_cstr(&out, e.text);
		buf_add(&out, evidence.p, evidence.n);
		buf_add(&out, certificates.p, certificates.n);
		if (!write_whole(fd, buf_span(&out)))
			return;
	}
}

bool attest_hardware_new(struct attest_hardware **ret, enum bundle_kind kind,
	const struct attest_hardware_at *at, struct err *e)
{
	struct attest_hardware *h;
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return err_os(e, "cannot make a socket");
	pid = fork();
	if (pid < 0) {
		err_os(e, "cannot start the process that asks the hardware");
		close(fds[0]);
		close(fds[1]);
		return false;
	}
	if (pid == 0) {
		/* What stops the service stops both; this one leaves no entry behind and ends with the other. */
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		close(fds[0]);
		answer_all(fds[1], kind, at);
		_exit(0);
	}
	close(fds[1]);
	h = MEM_NEW(struct attest_hardware);
	*h = (struct attest_hardware){ fds[0], pid };
	*ret = h;
	return true;
}

void attest_hardware_free(struct attest_hardware *h)
{
	if (!h)
		return;
	close(h->fd);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(h);
}

void attest_hardware_freep(struct attest_hardware **h)
{
	attest_hardware_free(*h);
}

static bool read_part(int fd, struct buf *out, size_t n)
{
	uint8_t *p = mem_alloc(n + 1);
	bool ok = read_whole(fd, p, n);

	if (ok)
		buf_add(out, p, n);
	free(p);
	return ok;
}

static bool read_answer(int fd, struct buf *text, struct buf *evidence, struct buf *certificates)
{
	uint8_t head[HEAD_SIZE];
	struct rd r = rd_of(SPAN_OF(head));
	uint32_t sizes[3];

	if (!read_whole(fd, head, sizeof head))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		sizes[i] = rd_u32le(&r);
		if (sizes[i] > PART_MAX)
			return false;
	}
	return read_part(fd, text, sizes[0]) && read_part(fd, evidence, sizes[1]) &&
	       read_part(fd, certificates, sizes[2]);
}

int attest_hardware_fd(const struct attest_hardware *h)
{
	return h->fd;
}

/* Also where half an answer came: whatever follows would be taken for the next one. */
static bool over(const struct attest_hardware *h, struct err *e)
{
	shutdown(h->fd, SHUT_RDWR);
	return err_set(e, ERR_IO, ATTEST_HARDWARE_ENDED);
}

bool attest_hardware_ask(struct attest_hardware *h, struct buf *evidence, struct buf *certificates,
	const uint8_t data[static ATTEST_HARDWARE_DATA], struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(PART_MAX);

	if (!write_whole(h->fd, span_make(data, ATTEST_HARDWARE_DATA)) ||
		!read_answer(h->fd, &text, evidence, certificates))
		return over(h, e);
	if (text.n > 0)
		return err_set(e, ERR_IO, "%.*s", (int)text.n, (const char *)text.p);
	if (!buf_ok(evidence))
		return err_set(e, ERR_IO, "the evidence is larger than %zu bytes", evidence->max);
	return buf_ok(certificates) ||
	       err_set(e, ERR_IO, "the certificates are larger than %zu bytes", certificates->max);
}
