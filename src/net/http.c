#include "net/http.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "net/curl_library.h"
#include "net/url.h"
#include "base/banned.h"

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *b = ctx;

	buf_add(b, p, size * n);
	return buf_ok(b) ? size * n : 0;
}

static void prepare(CURL *c, const char *url, unsigned timeout_s, struct buf *out, char *text)
{
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, text);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "assay");
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)timeout_s);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
	if (url_is_loopback(url))
		curl_easy_setopt(c, CURLOPT_PROXY, "");
}

static bool perform(
	CURL *c, const char *url, const struct buf *out, const char *text, struct err *e)
{
	CURLcode code = curl_easy_perform(c);

	if (!buf_ok(out))
		return err_set(e, ERR_LIMIT, "'%s' answered more than %zu bytes", url, out->max);
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT) {
		err_set(e, ERR_USAGE, "'%s' is not a URL to ask", url);
		return err_hint(e, "give it as http://HOST:PORT or https://HOST");
	}
	if (code == CURLE_OK)
		return true;
	err_set(e, ERR_IO, "no answer from '%s': %s", url,
		text[0] ? text : curl_easy_strerror(code));
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		err_hint(e, "check the address, and that the other side is running");
	if (code == CURLE_SSL_CONNECT_ERROR)
		err_hint(e, "if the other side speaks plain HTTP, begin the address with http://");
	return false;
}

static void cleanup_curl(CURL **c)
{
	curl_easy_cleanup(*c);
}

static void cleanup_list(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

/* body NULL: GET. */
static bool ask(const char *url, const struct span *body, size_t max, unsigned timeout_s,
	long *status, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(max);
	CLEANUP(cleanup_list) struct curl_slist *headers = NULL;
	CLEANUP(cleanup_curl) CURL *c = NULL;
	char text[CURL_ERROR_SIZE] = "";

	if (!curl_library_open(e))
		return false;
	c = curl_easy_init();
	if (!c)
		abort(); /* only without memory */
	prepare(c, url, timeout_s, &b, text);
	if (body) {
		/* No "Expect: 100-continue": small servers do not know it, and curl would wait. */
		headers = curl_slist_append(NULL, "Content-Type: application/json");
		curl_slist_append(headers, "Expect:");
		curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body->n ? (const char *)body->p : "");
	}
	if (!perform(c, url, &b, text, e))
		return false;
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
	*out = b;
	b = (struct buf){ 0 };
	return true;
}

bool http_get(const char *url, size_t max, unsigned timeout_s, long *status, struct buf *out,
	struct err *e)
{
	return ask(url, NULL, max, timeout_s, status, out, e);
}

bool http_post_json(const char *url, struct span body, size_t max, unsigned timeout_s, long *status,
	struct buf *out, struct err *e)
{
	return ask(url, &body, max, timeout_s, status, out, e);
}
