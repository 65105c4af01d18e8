#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/knock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/file.h"
#include "base/banned.h"

enum { PATIENCE_MS = 5000 };

static void start(struct knock *k, int64_t now_ms)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(k->port),
	};

	k->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	k->since_ms = now_ms;
	k->asked = false;
	k->n = 0;
	if (k->fd >= 0 && connect(k->fd, (struct sockaddr *)&a, sizeof a) < 0 &&
		errno != EINPROGRESS)
		knock_done(k);
}

/* Sends the request once the connection stands; false when there is none to be had. */
static bool ask(struct knock *k)
{
	static const char request[] =
		"GET /attest/1/identity HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
	struct pollfd p = { k->fd, POLLOUT, 0 };

	if (k->asked || poll(&p, 1, 0) == 0)
		return true;
	k->asked = true;
	return send(k->fd, request, sizeof request - 1, MSG_NOSIGNAL) ==
	       (ssize_t)(sizeof request - 1);
}

/* Reads as much of the status line as there is; false at the end of the connection. */
static bool hear(struct knock *k)
{
	while (k->n < sizeof k->answer) {
		ssize_t n = recv(k->fd, k->answer + k->n, sizeof k->answer - k->n, 0);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		k->n += (size_t)n;
	}
	return true;
}

/* "HTTP/1.x 200" */
static bool answered(const struct knock *k)
{
	return k->n >= 12 && !memcmp(k->answer, "HTTP/1.", 7) && !memcmp(k->answer + 8, " 200", 4);
}

bool knock_try(struct knock *k, int64_t now_ms)
{
	bool alive;

	if (k->fd < 0)
		start(k, now_ms);
	if (k->fd < 0)
		return false;
	alive = ask(k) && (!k->asked || hear(k));
	if (answered(k)) {
		knock_done(k);
		return true;
	}
	if (!alive || now_ms - k->since_ms > PATIENCE_MS)
		knock_done(k);
	return false;
}

void knock_done(struct knock *k)
{
	file_closep(&k->fd);
}
