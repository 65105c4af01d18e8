/*
 * The attester's HTTP service, driven with the raw bytes of one connection over the loopback. The service is included so
 * that its loop can be turned by hand, in one thread: no clock decides what a run does. The challenge is parsed as ever; a
 * TPM is the only thing that is not asked.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../../src/attester/attest_http.c" /* NOLINT: see above */
#include "fuzz.h"

enum { CLIENTS = 60000, TURNS_MAX = 10000, REPLY_MAX = 1 << 20, ARENA_MAX = 256 << 10 };

static unsigned answered; /* challenges and identities that were good */

bool attester_identity(const struct attester *a, struct buf *out, struct err *e)
{
	(void)a, (void)e;
	buf_add_cstr(out, "{}");
	answered++;
	return true;
}

bool attester_evidence(
	const struct attester *a, struct span challenge, struct buf *out, struct err *e)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct challenge c;

	(void)a;
	if (!challenge_parse(&c, challenge, arena, e))
		return false;
	if (!str_is(c.role, "attester"))
		return err_set(e, ERR_FORMAT, "role is '%.*s', want 'attester'", STR_ARG(c.role));
	buf_add_cstr(out, "{}");
	answered++;
	return true;
}

/*
 * A client that sends everything at once and then waits for the answer; not blocking. Each comes from the next address of the
 * loopback: the ports of one are soon all waiting for late packets.
 */
static int client(uint16_t port, const uint8_t *data, size_t size)
{
	static uint32_t clients;
	struct sockaddr_in from = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + clients++ % CLIENTS) };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), room = 1 << 20;

	MUST(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
	MUST(bind(fd, (const struct sockaddr *)&from, sizeof from) == 0);
	MUST(connect(fd, (const struct sockaddr *)&to, sizeof to) == 0);
	MUST(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	while (size) {
		ssize_t n = send(fd, data, size, MSG_NOSIGNAL);

		MUST(n > 0);
		data += n;
		size -= (size_t)n;
	}
	MUST(shutdown(fd, SHUT_WR) == 0);
	return fd;
}

/* Turns the service's loop until it has closed the connection, and forgotten it. */
static void serve(struct attest_http *h, int fd, struct buf *reply)
{
	bool open = true;

	for (unsigned turn = 0; open || h->n_connections; turn++) {
		uint8_t piece[4096];
		ssize_t n;

		MUST(turn < TURNS_MAX);
		MUST(event_base_loop(h->base, EVLOOP_NONBLOCK) >= 0);
		n = open ? recv(fd, piece, sizeof piece, 0) : -1;
		if (n > 0)
			buf_add(reply, piece, (size_t)n);
		else if (open && (n == 0 || errno != EAGAIN))
			open = false;
		if (!open)
			on_sweep(-1, 0, h);
	}
}

/* The code of the first answer, which must be one of ours or of evhttp's own; 0 when there is no answer. */
static unsigned code_of(struct str reply)
{
	static const unsigned codes[] = { 100, 200, 400, 404, 405, 413, 417, 500, 501, 503 };
	struct str version, rest, code, reason;
	uint64_t v = 0;

	if (!reply.n)
		return 0;
	MUST(str_starts(reply, "HTTP/") && str_cut(reply, ' ', &version, &rest) &&
		str_cut(rest, ' ', &code, &reason) && str_u64(code, &v, 999));
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i] == v)
			return codes[i];
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct attester nobody = {
		.from = { .firmware_log = -1, .systemd_log = -1, .cc_log = -1 }
	};
	static struct attest_http *h;
	CLEANUP(buf_done) struct buf reply = buf_init(REPLY_MAX);
	struct err e = { 0 };
	int fd;

	if (!h)
		MUST(attest_http_new(&h, &nobody, "127.0.0.1", 0, &e));
	answered = 0;
	fd = client(attest_http_port(h), data, size);
	serve(h, fd, &reply);
	close(fd);
	MUST(buf_ok(&reply));
	fuzz_taken = code_of(buf_str(&reply)) == HTTP_OK;
	MUST(fuzz_taken == (answered > 0));
	return 0;
}
