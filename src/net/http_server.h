/*
 * A small HTTP server for one program's own few resources (libevent's evhttp): one request at a time, in the thread that
 * runs it. Headers, bodies, connections, idle time and the life of a connection are bounded. Plain HTTP: what it serves is
 * signed, or stands behind a proxy that speaks TLS.
 *
 * The attester has a server of its own (attester/attest_http.h), because its sources are part of images.
 */
#ifndef ASSAY_NET_HTTP_SERVER_H
#define ASSAY_NET_HTTP_SERVER_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	HTTP_SERVER_HEADERS_MAX = 8 << 10,
	HTTP_SERVER_CONNECTIONS_MAX = 64,
	HTTP_SERVER_IDLE_S = 10, /* without a byte */
	HTTP_SERVER_LIFE_S = 60, /* of a connection in all */
};

/* What was asked; borrowed while the answer is made. */
struct http_asked {
	bool post;       /* else GET; other methods are refused before */
	struct str path; /* as it came, without a query */
	struct span body;
};

struct http_answer {
	int status;
	const char *type; /* Content-Type; of static storage */
	struct buf body;  /* its maximum is set by the server */
};

struct http_server_options {
	const char *address; /* numeric */
	uint16_t port;       /* 0: a free one */
	size_t body_max;     /* of a request; evhttp answers 413 beyond */
	size_t answer_max;
	/* Fills *ret, which says 404 and nothing else beforehand. */
	void (*answer)(struct http_answer *ret, const struct http_asked *q, void *of);
	void *of;
};

struct http_server;

/* Listens. Fails: IO. */
bool http_server_new(
	struct http_server **ret, const struct http_server_options *o, struct err *e) MUST_CHECK;
uint16_t http_server_port(const struct http_server *s);
/* Serves until SIGINT or SIGTERM; an answer that is not out by then may be lost. Fails: IO. */
bool http_server_run(struct http_server *s, struct err *e) MUST_CHECK;
void http_server_free(struct http_server *s);
void http_server_freep(struct http_server **s); /* for CLEANUP */

#endif
