/* The headers of a reply are those of its last answer. */
#include "net/http.h"

#include "hostile_server.h"
#include "test.h"

static struct hostile server;

static struct http_reply ask(const char *mode)
{
	struct http_reply r = { 0 };
	struct err e = { 0 };
	char url[80];

	snprintf(url, sizeof url, "http://127.0.0.1:%d/%s/x.0", server.port, mode);
	CHECK_OK(http_ask(&r, url, 100, 10, &e), e);
	CHECK(r.status == 200);
	return r;
}

/* An answer before it has a header of the same name, and one that the last does not have. */
static void early(void)
{
	CLEANUP(http_reply_done) struct http_reply r = ask("early");

	CHECK(str_is(http_header(&r, "X-Chain"), "late"));
	CHECK(str_is(http_header(&r, "x-chain"), "late"));
	CHECK(!http_header(&r, "X-Early").p);
}

static void plain(void)
{
	CLEANUP(http_reply_done) struct http_reply r = ask("good");

	CHECK(str_is(http_header(&r, "content-length"), "0"));
	CHECK(!http_header(&r, "X-Chain").p);
}

static void endless(void)
{
	struct http_reply r;
	struct err e = { 0 };
	char url[80];

	snprintf(url, sizeof url, "http://127.0.0.1:%d/headers/x.0", server.port);
	CHECK_ERR(http_ask(&r, url, 100, 10, &e), e, ERR_LIMIT);
}

int main(void)
{
	if (!hostile_start(&server))
		return 2;
	early();
	plain();
	endless();
	return test_end();
}
