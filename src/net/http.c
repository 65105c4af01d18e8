#include "net/http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/curl_library.h"
#include "net/url.h"
#include "base/banned.h"

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *b = ctx;

	buf_add(b, p, size * n);
	return buf_ok(b) ? size * n : 0;
}

/*
 * Header lines come one by one. Those of an answer before the last one (100 Continue, a proxy's to CONNECT) are nobody's:
 * what they say must not stand in for what the server says.
 */
static size_t take_header(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *b = ctx;

	if (str_starts(str_make(p, size * n), "HTTP/"))
		b->n = 0;
	return take(p, size, n, b);
}

static void prepare(CURL *c, const char *url, unsigned timeout_s, struct buf *out, char *text)
{
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, text);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "assay");
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)timeout_s);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
	if (url_is_loopback(url))
		curl_easy_setopt(c, CURLOPT_PROXY, "");
}

static bool no_answer(const char *url, CURLcode code, const char *why, struct err *e)
{
	err_set(e, ERR_IO, "no answer from '%s': %s", url, why);
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		err_hint(e, "check the address, and that the other side is running");
	if (code == CURLE_SSL_CONNECT_ERROR)
		err_hint(e, "if the other side speaks plain HTTP, begin the address with http://");
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
		e->os = EKEYREJECTED;
		err_hint(e,
			"check this machine's clock, that Debian's package ca-certificates is installed, that "
			"the address is the one in the other side's certificate, and that no proxy opens TLS");
	}
	return false;
}

static bool perform(
	CURL *c, const char *url, const struct http_reply *r, const char *text, struct err *e)
{
	CURLcode code = curl_easy_perform(c);

	if (!buf_ok(&r->body))
		return err_set(e, ERR_LIMIT, "'%s' answered more than %zu bytes", url, r->body.max);
	if (!buf_ok(&r->headers))
		return err_set(e, ERR_LIMIT, "'%s' answered with more than %d bytes of headers",
			url, HTTP_HEADERS_MAX);
	/* For http and https, what is not supported is what the other side answers. */
	if (code == CURLE_URL_MALFORMAT ||
		(code == CURLE_UNSUPPORTED_PROTOCOL && strncmp(url, "http", 4) != 0)) {
		err_set(e, ERR_USAGE, "'%s' is not a URL to ask", url);
		return err_hint(e, "give it as http://HOST:PORT or https://HOST");
	}
	if (code == CURLE_OK)
		return true;
	return no_answer(url, code, text[0] ? text : curl_easy_strerror(code), e);
}

static void cleanup_curl(CURL **c)
{
	curl_easy_cleanup(*c);
}

static void cleanup_list(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

/* What is posted. */
struct posted {
	const char *type; /* a header line */
	struct span body;
};

static void put_body(CURL *c, struct curl_slist **headers, const struct posted *p)
{
	/* No "Expect: 100-continue": small servers do not know it, and curl would wait. */
	*headers = curl_slist_append(NULL, p->type);
	curl_slist_append(*headers, "Expect:");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, *headers);
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->body.n);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, p->body.n ? (const char *)p->body.p : "");
}

/* posted NULL: GET. */
static bool ask(struct http_reply *ret, const char *url, const struct posted *posted, size_t max,
	unsigned timeout_s, struct err *e)
{
	CLEANUP(http_reply_done)
	struct http_reply r = { 0, buf_init(max), buf_init(HTTP_HEADERS_MAX) };
	CLEANUP(cleanup_list) struct curl_slist *headers = NULL;
	CLEANUP(cleanup_curl) CURL *c = NULL;
	char text[CURL_ERROR_SIZE] = "";

	if (!curl_library_open(e))
		return false;
	c = curl_easy_init();
	if (!c)
		abort(); /* only without memory */
	prepare(c, url, timeout_s, &r.body, text);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &r.headers);
	if (posted)
		put_body(c, &headers, posted);
	if (!perform(c, url, &r, text, e))
		return false;
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	*ret = r;
	r = (struct http_reply){ 0 };
	return true;
}

void http_reply_done(struct http_reply *r)
{
	buf_done(&r->body);
	buf_done(&r->headers);
}

static bool give(long *status, struct buf *out, struct http_reply *r)
{
	*status = r->status;
	*out = r->body;
	buf_done(&r->headers);
	return true;
}

bool http_get(const char *url, size_t max, unsigned timeout_s, long *status, struct buf *out,
	struct err *e)
{
	struct http_reply r;

	return ask(&r, url, NULL, max, timeout_s, e) && give(status, out, &r);
}

bool http_post_json(const char *url, struct span body, size_t max, unsigned timeout_s, long *status,
	struct buf *out, struct err *e)
{
	const struct posted posted = { "Content-Type: application/json", body };
	struct http_reply r;

	return ask(&r, url, &posted, max, timeout_s, e) && give(status, out, &r);
}

bool http_post_text(struct http_reply *ret, const char *url, struct span body, size_t max,
	unsigned timeout_s, struct err *e)
{
	const struct posted posted = { "Content-Type: text/plain; charset=utf-8", body };

	return ask(ret, url, &posted, max, timeout_s, e);
}

bool http_ask(
	struct http_reply *ret, const char *url, size_t max, unsigned timeout_s, struct err *e)
{
	return ask(ret, url, NULL, max, timeout_s, e);
}

static bool is_name(struct str s, const char *name)
{
	if (s.n != strlen(name))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (tolower((unsigned char)s.p[i]) != tolower((unsigned char)name[i]))
			return false;
	return true;
}

struct str http_header(const struct http_reply *r, const char *name)
{
	struct str rest = buf_str(&r->headers), line, key, value;

	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		if (str_cut(line, ':', &key, &value) && is_name(key, name))
			return str_trim(value);
	}
	return (struct str){ 0 };
}
