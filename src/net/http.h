/*
 * A small HTTP client for one request at a time: http and https only, no redirects, no proxy surprises for loopback
 * addresses, everything bounded in bytes and seconds. What the server says is material for a parser, nothing more.
 */
#ifndef ASSAY_NET_HTTP_H
#define ASSAY_NET_HTTP_H

#include "base/buf.h"
#include "base/err.h"

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

#endif
