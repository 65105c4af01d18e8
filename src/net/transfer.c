#include "net/transfer.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/curl_library.h"
#include "net/url.h"
#include "base/banned.h"

enum {
	OVERHEAD_MAX = 1 << 20,   /* bytes beside the wanted ones: headers, bodies of redirects */
	LEAST_SPEED_BYTES = 1024, /* per second, over a whole transfer ... */
	LEAST_TIME_S = 120,       /* ... beside this */
	TIME_MAX_S = 24 * 60 * 60,
};

struct transfer {
	CURL *curl;
	struct transfer_limits limits;
	char text[CURL_ERROR_SIZE];
	struct sink *to;
	uint64_t at, max;
	bool too_large, sink_failed;
	struct err *why;
};

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	n *= size;
	if (n > t->max - t->at) {
		t->too_large = true;
		return 0;
	}
	if (n && !sink_write(t->to, p, n, t->why)) {
		t->sink_failed = true;
		return 0;
	}
	t->at += n;
	return n;
}

/* Also counts what curl throws away, such as the endless body of a redirect. */
static int watch(
	void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	struct transfer *t = ctx;

	(void)total, (void)up_total, (void)up_now;
	if (now <= 0 || (uint64_t)now <= t->max || (uint64_t)now - t->max <= OVERHEAD_MAX)
		return 0;
	t->too_large = true;
	return 1;
}

struct transfer *transfer_new(const struct transfer_limits *limits)
{
	struct transfer *t = MEM_NEW(struct transfer);

	t->limits = *limits;
	return t;
}

void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	curl_easy_cleanup(t->curl);
	free(t);
}

static long whole_time(const struct transfer_limits *limits, uint64_t bytes)
{
	uint64_t s = limits->whole_s ? limits->whole_s : LEAST_TIME_S + bytes / LEAST_SPEED_BYTES;

	return s > TIME_MAX_S ? TIME_MAX_S : (long)s;
}

static void prepare(struct transfer *t, const char *url, uint64_t from)
{
	CURL *c = t->curl;

	curl_easy_reset(c); /* keeps the connections */
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->text);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,file");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)TRANSFER_REDIRECTS_MAX);
	curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "assay");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)t->limits.connect_s);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)t->limits.low_speed_bytes);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)t->limits.low_speed_s);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, whole_time(&t->limits, t->max - from));
	curl_easy_setopt(c, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)from);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	if (url_is_loopback(url))
		curl_easy_setopt(c, CURLOPT_PROXY, "");
}

/* An HTTP status of 400 or more; a busy server is worth another try. */
static enum transfer_end refused(struct transfer *t)
{
	long status = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	err_set(t->why, ERR_IO, "HTTP status %ld", status);
	return status >= 500 || status == 408 || status == 429 ? TRANSFER_BROKEN : TRANSFER_MISSING;
}

static enum transfer_end too_large(struct transfer *t)
{
	err_set(t->why, ERR_IO, "more than the wanted %llu bytes", (unsigned long long)t->max);
	return TRANSFER_TOO_LARGE;
}

static enum transfer_end ended(struct transfer *t, CURLcode code)
{
	if (t->sink_failed)
		return TRANSFER_SINK;
	if (t->too_large)
		return too_large(t);
	err_set(t->why, ERR_IO, "%s", t->text[0] ? t->text : curl_easy_strerror(code));
	switch (code) {
	case CURLE_OK:
		return TRANSFER_DONE;
	case CURLE_HTTP_RETURNED_ERROR:
		return refused(t);
	case CURLE_FILE_COULDNT_READ_FILE:
	case CURLE_REMOTE_FILE_NOT_FOUND:
		err_set(t->why, ERR_IO, "no such file");
		return TRANSFER_MISSING;
	case CURLE_RANGE_ERROR:
	case CURLE_BAD_DOWNLOAD_RESUME:
		return TRANSFER_NO_RANGE;
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_PEER_FAILED_VERIFICATION:
		return TRANSFER_REFUSED;
	default:
		return TRANSFER_BROKEN;
	}
}

enum transfer_end transfer_get(struct transfer *t, const char *url, uint64_t from, uint64_t max,
	struct sink *to, struct err *why)
{
	t->to = to;
	t->at = from;
	t->max = max;
	t->too_large = t->sink_failed = false;
	t->why = why;
	t->text[0] = 0;
	if (!t->curl) {
		if (!curl_library_open(why))
			return TRANSFER_REFUSED;
		t->curl = curl_easy_init();
		if (!t->curl)
			abort(); /* only without memory */
	}
	prepare(t, url, from);
	return ended(t, curl_easy_perform(t->curl));
}
