/*
 * What a server on the loopback answers, byte by byte, to our two HTTP clients: http_get, and transfer_get as downloads use
 * it, from the start and from the middle. A thread accepts, reads a request, sends the input and closes; the client waits
 * for that, so that a run depends on nothing but its input. Redirects lead anywhere, therefore inputs with a Location go
 * to http_get alone, which follows none.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http.h"
#include "net/transfer.h"

#include "fuzz.h"

enum { BODY_MAX = 500, FROM = 3, TIMEOUT_S = 5, REQUEST_MAX = 4096 };

struct server {
	int fd;
	char url[60];
	pthread_mutex_t answering; /* held while data is sent */
	const uint8_t *data;       /* of the run */
	size_t size;
};

static void answer(const struct server *s, int fd)
{
	char request[REQUEST_MAX];
	size_t n = 0, sent = 0;

	while (n < sizeof request && !memmem(request, n, "\r\n\r\n", 4)) {
		ssize_t got = recv(fd, request + n, sizeof request - n, 0);

		if (got <= 0)
			return;
		n += (size_t)got;
	}
	while (sent < s->size) {
		ssize_t now = send(fd, s->data + sent, s->size - sent, MSG_NOSIGNAL);

		if (now <= 0)
			return;
		sent += (size_t)now;
	}
	shutdown(fd, SHUT_WR);
}

static void *serve(void *arg)
{
	struct server *s = arg;

	for (;;) {
		int fd = accept(s->fd, NULL, NULL);

		MUST(fd >= 0);
		pthread_mutex_lock(&s->answering);
		answer(s, fd);
		pthread_mutex_unlock(&s->answering);
		close(fd);
	}
	return NULL;
}

/* Also waits for an answer that a client no longer wants to hear. */
static void set_answer(struct server *s, const uint8_t *data, size_t size)
{
	pthread_mutex_lock(&s->answering);
	s->data = data;
	s->size = size;
	pthread_mutex_unlock(&s->answering);
}

static void start(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	pthread_t thread;

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	MUST(s->fd >= 0 && bind(s->fd, (struct sockaddr *)&a, size) == 0 && listen(s->fd, 8) == 0);
	MUST(getsockname(s->fd, (struct sockaddr *)&a, &size) == 0);
	pthread_mutex_init(&s->answering, NULL);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/x", ntohs(a.sin_port));
	MUST(pthread_create(&thread, NULL, serve, s) == 0 && pthread_detach(thread) == 0);
}

struct counter {
	struct sink sink;
	uint64_t n;
};

static bool count(struct sink *s, const void *p, size_t n, struct err *e)
{
	(void)p, (void)e;
	((struct counter *)(void *)s)->n += n;
	return true;
}

/* Whatever is said, no more than was wanted reaches the sink, and nothing before `from` is taken for it. */
static void transfer(const struct server *s, uint64_t from)
{
	static const struct transfer_limits limits = { TIMEOUT_S, 1, TIMEOUT_S, TIMEOUT_S };
	struct transfer *t = transfer_new(&limits);
	struct counter c = { .sink = { .write = count } };
	struct err why = { 0 };
	enum transfer_end end = transfer_get(t, s->url, from, BODY_MAX, &c.sink, &why);

	MUST(c.n <= BODY_MAX - from && end != TRANSFER_SINK);
	MUST(end == TRANSFER_DONE || why.text[0]);
	transfer_free(t);
}

static bool redirects(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 8 <= size; i++)
		if (!strncasecmp((const char *)data + i, "location", 8))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct server s;
	CLEANUP(buf_done) struct buf out = { 0 };
	struct err e = { 0 };
	long status = 0;

	if (!s.fd)
		start(&s);
	set_answer(&s, data, size);
	fuzz_taken = http_get(s.url, BODY_MAX, TIMEOUT_S, &status, &out, &e);
	MUST(out.n <= BODY_MAX && (fuzz_taken || e.text[0]));
	if (!redirects(data, size)) {
		transfer(&s, 0);
		transfer(&s, FROM);
	}
	set_answer(&s, NULL, 0);
	return 0;
}
