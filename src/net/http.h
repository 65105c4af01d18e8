/*
 * A small HTTP client for one request at a time: http and https only, no redirects, no proxy surprises for loopback
 * addresses, everything bounded in bytes and seconds. What the server says is material for a parser, nothing more.
 */
#ifndef ASSAY_NET_HTTP_H
#define ASSAY_NET_HTTP_H

#include "base/buf.h"
#include "base/err.h"

enum { HTTP_HEADERS_MAX = 64 << 10 };

/*
 * GET. The reply's body, whatever its status, goes to *out, which is initialised here and owned by the caller; *status is
 * the HTTP status. timeout_s bounds the whole exchange. Fails USAGE for another kind of URL, LIMIT when the body is larger
 * than max, IO with what went wrong.
 */
bool http_get(const char *url, size_t max, unsigned timeout_s, long *status, struct buf *out,
	struct err *e) MUST_CHECK;

/* POST of body as application/json; otherwise as http_get. */
bool http_post_json(const char *url, struct span body, size_t max, unsigned timeout_s, long *status,
	struct buf *out, struct err *e) MUST_CHECK;

/* A reply with the header lines of its last answer, at most HTTP_HEADERS_MAX bytes of them. */
struct http_reply {
	long status;
	struct buf body, headers;
};

void http_reply_done(struct http_reply *r); /* for CLEANUP */
/* As http_get. */
bool http_ask(struct http_reply *ret, const char *url, size_t max, unsigned timeout_s,
	struct err *e) MUST_CHECK;
/* POST of body as text/plain; otherwise as http_get. */
bool http_post_text(struct http_reply *ret, const char *url, struct span body, size_t max,
	unsigned timeout_s, struct err *e) MUST_CHECK;
/* The value of the first header line of that name, in whatever case; borrowed; p NULL when there is none. */
struct str http_header(const struct http_reply *r, const char *name);

#endif
