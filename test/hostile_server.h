/*
 * A small HTTP server for tests, on a free port of the loopback, that behaves as badly as the first component of the
 * path says. Bytes of a file depend on its name alone: hostile_bytes.
 *
 *   good      the file; ranges work           wrong       as many other bytes
 *   short     half of it, as if that were all long        one byte more, announced
 *   endless   never stops, no length          drip        a byte each 50 ms
 *   cut       a third of the whole, then closes; goes on from there when asked
 *   norange   the first answer is cut, then always the whole
 *   badrange  the first answer is cut, then a range that was not asked for
 *   patched   the first answer is cut and wrong, then good
 *   missing   404                             busy        503 twice for each file, then good
 *   loop      redirects to itself             away        redirects to file:///etc/passwd
 *   bodyloop  a redirect with an endless body headers     endless headers
 *   mute      accepts and says nothing        reset       closes at once
 *   found     redirects to good               echo        what was posted; status 418
 *   early     100 Continue, then an answer; both with a header of the same name
 *
 * What is served may come from elsewhere: see `bytes` below.
 */
#ifndef ASSAY_TEST_HOSTILE_SERVER_H
#define ASSAY_TEST_HOSTILE_SERVER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOSTILE_FILES = 256, HOSTILE_REQUEST_MAX = 8192 };

struct hostile {
	int fd, port;
	pthread_mutex_t lock;
	struct {
		char path[200];
		unsigned asked;
	} files[HOSTILE_FILES];
	size_t n_files;
	unsigned requests; /* in all */
	/* NULL: hostile_bytes. Else the file of a path, mode included; the server frees it; NULL is answered with 404. */
	uint8_t *(*bytes)(const char *path, size_t *n);
};

struct hostile_request {
	struct hostile *server;
	int fd;
	char method[8], path[200], mode[32];
	unsigned asked; /* times that this path was asked for before */
	size_t from;    /* of a range */
	const char *body;
	size_t body_size;
};

/* "…/NAME.SIZE" has SIZE bytes. */
static size_t hostile_size(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? (size_t)strtoul(dot + 1, NULL, 10) : 0;
}

static uint8_t *hostile_bytes(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = hostile_size(path);
	uint8_t *bytes = malloc(n + 1);
	uint32_t x = 2166136261u;

	for (const char *p = slash ? slash + 1 : path; *p; p++)
		x = (x ^ (uint8_t)*p) * 16777619u;
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(x >> 24);
	}
	return bytes;
}

static int hostile_send(int fd, const void *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return 0;
		p = (const char *)p + sent;
		n -= (size_t)sent;
	}
	return 1;
}

static void hostile_head(const struct hostile_request *r, const char *status, const char *more)
{
	char head[600];
	int n = snprintf(
		head, sizeof head, "HTTP/1.1 %s\r\n%sConnection: close\r\n\r\n", status, more);

	hostile_send(r->fd, head, (size_t)n);
}

/* Headers for n bytes from `from` of `whole`, as a range when from > 0. */
static void hostile_length(const struct hostile_request *r, size_t from, size_t n, size_t whole)
{
	char more[200];

	snprintf(more, sizeof more, "Content-Length: %zu\r\n", n);
	if (from)
		snprintf(more, sizeof more,
			"Content-Length: %zu\r\nContent-Range: bytes %zu-%zu/%zu\r\n", n, from,
			whole - 1, whole);
	hostile_head(r, from ? "206 Partial Content" : "200 OK", more);
}

static void hostile_forever(int fd, const char *piece)
{
	while (hostile_send(fd, piece, strlen(piece)))
		;
}

static void hostile_redirect(const struct hostile_request *r, const char *to)
{
	char more[400];

	snprintf(more, sizeof more, "Location: %s\r\nContent-Length: 0\r\n", to);
	hostile_head(r, "302 Found", more);
}

/* Answers that have nothing to do with the file; 0: the mode is another. */
static int hostile_odd(const struct hostile_request *r)
{
	char more[300];

	if (!strcmp(r->mode, "missing")) {
		hostile_head(r, "404 Not Found", "Content-Length: 3\r\n");
		hostile_send(r->fd, "no\n", 3);
	} else if (!strcmp(r->mode, "busy") && r->asked < 2) {
		hostile_head(r, "503 Busy", "Content-Length: 0\r\n");
	} else if (!strcmp(r->mode, "loop")) {
		hostile_redirect(r, r->path);
	} else if (!strcmp(r->mode, "away")) {
		hostile_redirect(r, "file:///etc/passwd");
	} else if (!strcmp(r->mode, "found")) {
		snprintf(more, sizeof more, "/good/%s", strrchr(r->path, '/') + 1);
		hostile_redirect(r, more);
	} else if (!strcmp(r->mode, "bodyloop")) {
		static const char head[] = "HTTP/1.1 302 Found\r\nLocation: /missing/x\r\n"
					   "Content-Length: 999999999999\r\n\r\n";

		hostile_send(r->fd, head, sizeof head - 1); /* kept alive, so the body counts */
		hostile_forever(r->fd, "0123456789abcdef0123456789abcdef0123456789abcdef");
	} else if (!strcmp(r->mode, "headers")) {
		hostile_send(r->fd, "HTTP/1.1 200 OK\r\n", 17);
		hostile_forever(r->fd, "X-More: 0123456789abcdef0123456789abcdef\r\n");
	} else if (!strcmp(r->mode, "early")) {
		static const char early[] = "HTTP/1.1 100 Continue\r\nX-Chain: early\r\n"
					    "X-Early: only\r\n\r\n";

		hostile_send(r->fd, early, sizeof early - 1);
		hostile_head(r, "200 OK", "X-Chain: late\r\nContent-Length: 0\r\n");
	} else if (!strcmp(r->mode, "mute")) {
		poll(&(struct pollfd){ r->fd, POLLIN, 0 }, 1, 20000);
	} else if (!strcmp(r->mode, "echo")) {
		snprintf(more, sizeof more, "Content-Length: %zu\r\n", r->body_size);
		hostile_head(r, "418 Teapot", more);
		hostile_send(r->fd, r->body, r->body_size);
	} else if (strcmp(r->mode, "reset") != 0) {
		return 0;
	}
	return 1;
}

static void hostile_drip(const struct hostile_request *r, const uint8_t *bytes, size_t n)
{
	hostile_length(r, 0, n, n);
	for (size_t i = 0; i < n && hostile_send(r->fd, bytes + i, 1); i++)
		usleep(50000);
}

/* A third, or the rest from a range. */
static void hostile_cut(const struct hostile_request *r, const uint8_t *bytes, size_t n)
{
	size_t end = r->from + n / 3 + 1;

	hostile_length(r, r->from, n - r->from, n);
	hostile_send(r->fd, bytes + r->from, (end < n ? end : n) - r->from);
}

static void hostile_file(const struct hostile_request *r, uint8_t *bytes, size_t n)
{
	int cuts_first = !strcmp(r->mode, "norange") || !strcmp(r->mode, "badrange") ||
			 !strcmp(r->mode, "patched");

	if (!strcmp(r->mode, "endless")) {
		hostile_head(r, "200 OK", "");
		hostile_forever(r->fd, "0123456789abcdef0123456789abcdef0123456789abcdef");
	} else if (!strcmp(r->mode, "drip")) {
		hostile_drip(r, bytes, n);
	} else if (!strcmp(r->mode, "cut")) {
		hostile_cut(r, bytes, n);
	} else if (cuts_first && r->asked == 0) {
		if (!strcmp(r->mode, "patched"))
			bytes[0] ^= 1;
		hostile_length(r, 0, n, n);
		hostile_send(r->fd, bytes, n / 2);
	} else if (!strcmp(r->mode, "badrange") && r->from) {
		hostile_length(r, r->from - 1, n - r->from + 1, n);
		hostile_send(r->fd, bytes + r->from - 1, n - r->from + 1);
	} else if (!strcmp(r->mode, "short")) {
		hostile_length(r, 0, n / 2, n);
		hostile_send(r->fd, bytes, n / 2);
	} else {
		size_t from = strcmp(r->mode, "norange") ? r->from : 0;

		if (!strcmp(r->mode, "wrong"))
			bytes[n / 2] ^= 1;
		n += !strcmp(r->mode, "long");
		hostile_length(r, from, n - from, n);
		hostile_send(r->fd, bytes + from, n - from);
	}
}

static unsigned hostile_count(struct hostile *s, const char *path)
{
	unsigned before = 0;
	size_t i = 0;

	pthread_mutex_lock(&s->lock);
	s->requests++;
	while (i < s->n_files && strcmp(s->files[i].path, path) != 0)
		i++;
	if (i < HOSTILE_FILES) {
		if (i == s->n_files)
			snprintf(s->files[s->n_files++].path, sizeof s->files[i].path, "%s", path);
		before = s->files[i].asked++;
	}
	pthread_mutex_unlock(&s->lock);
	return before;
}

/* The request's head, and its body as far as Content-Length says. */
static int hostile_read(struct hostile_request *r, char *text)
{
	size_t n = 0, want = 0;
	char *end = NULL, *field;

	while (!end || n < want) {
		ssize_t got = recv(r->fd, text + n, HOSTILE_REQUEST_MAX - 1 - n, 0);

		if (got <= 0)
			return 0;
		n += (size_t)got;
		text[n] = 0;
		end = strstr(text, "\r\n\r\n");
		field = strcasestr(text, "\r\nContent-Length: ");
		if (end)
			want = (size_t)(end - text) + 4 +
			       (field ? (size_t)strtoul(field + 18, NULL, 10) : 0);
	}
	r->body = end + 4;
	r->body_size = want - (size_t)(r->body - text);
	field = strcasestr(text, "\r\nRange: bytes=");
	r->from = field ? (size_t)strtoul(field + 15, NULL, 10) : 0;
	snprintf(r->path, sizeof r->path, "%.*s", (int)strcspn(strchr(text, '/'), " ?"),
		strchr(text, '/'));
	snprintf(r->mode, sizeof r->mode, "%.*s", (int)strcspn(r->path + 1, "/"), r->path + 1);
	return 1;
}

static void *hostile_answer(void *arg)
{
	struct hostile_request *r = arg;
	char text[HOSTILE_REQUEST_MAX];

	if (hostile_read(r, text)) {
		size_t n = hostile_size(r->path);
		uint8_t *bytes = r->server->bytes ? r->server->bytes(r->path, &n)
						  : hostile_bytes(r->path);

		r->asked = hostile_count(r->server, r->path);
		if (!bytes)
			strcpy(r->mode, "missing");
		if (!hostile_odd(r))
			hostile_file(r, bytes, n);
		free(bytes);
		shutdown(r->fd, SHUT_WR);
	}
	close(r->fd);
	free(r);
	return NULL;
}

static void *hostile_serve(void *arg)
{
	struct hostile *s = arg;

	for (;;) {
		struct hostile_request *r = calloc(1, sizeof *r);
		pthread_t thread;

		r->server = s;
		r->fd = accept(s->fd, NULL, NULL);
		if (r->fd < 0 || pthread_create(&thread, NULL, hostile_answer, r) != 0)
			return NULL;
		pthread_detach(thread);
	}
}

/* Serves until the process ends. */
static int hostile_start(struct hostile *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	pthread_t thread;

	memset(s, 0, sizeof *s);
	pthread_mutex_init(&s->lock, NULL);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, size) < 0 || listen(s->fd, 64) < 0 ||
		getsockname(s->fd, (struct sockaddr *)&a, &size) < 0)
		return 0;
	s->port = ntohs(a.sin_port);
	return pthread_create(&thread, NULL, hostile_serve, s) == 0;
}

#endif
