/* Blocks of PEM, and what is none. */
#include "codec/pem.h"

#include "test.h"

static struct arena *a;

/* How many blocks of X, or -1. */
static int blocks(const char *text, struct err *e)
{
	struct str rest = str_of(text);
	struct span bytes = { 0 };
	bool found = true;

	for (int n = 0;; n++) {
		if (!pem_next(&found, &bytes, &rest, "X", a, e))
			return -1;
		if (!found)
			return n;
		CHECK(bytes.n == 3 && !memcmp(bytes.p, "foo", 3));
	}
}

#define BLOCK "-----BEGIN X-----\nZm9v\n-----END X-----"

static void reads(void)
{
	struct span bytes = { 0 };
	struct err e = { 0 };
	struct str rest;
	bool found;

	CHECK(blocks("", &e) == 0 && blocks(" \r\n\t", &e) == 0);
	CHECK(blocks(BLOCK, &e) == 1 && blocks(BLOCK "\n", &e) == 1);
	CHECK(blocks(BLOCK BLOCK, &e) == 2 && blocks("\n\n" BLOCK "\n\n" BLOCK "\n", &e) == 2);
	CHECK(blocks("-----BEGIN X-----\nZm\n9v\n-----END X-----", &e) == 1);
	rest = STR("-----BEGIN X-----\n\n-----END X-----");
	CHECK_OK(pem_next(&found, &bytes, &rest, "X", a, &e), e);
	CHECK(found && !bytes.n && !rest.n);
	CHECK(blocks("-----BEGIN X-----\nZm9v\r\n-----END X-----", &e) == 1);
	CHECK(blocks("-----BEGIN X-----\r\nZm\r\n9v\r\n-----END X-----\r\n", &e) == 1);
}

static void refuses(void)
{
	static const char *const bad[] = { "x", "x" BLOCK, BLOCK "x", BLOCK "-",
		"-----BEGIN X-----", "-----BEGIN X-----\n", "-----BEGIN X-----\nZm9v",
		"-----BEGIN X-----\nZm9v\n-----END Y-----",
		"-----BEGIN Y-----\nZm9v\n-----END Y-----",
		"-----BEGIN X-----Zm9v\n-----END X-----",
		"-----BEGIN X-----\rZm9v\n-----END X-----",
		"-----BEGIN X----- \nZm9v\n-----END X-----",
		"-----BEGIN X-----\nZm9v-----END X-----",
		"-----BEGIN X-----\nZm 9v\n-----END X-----",
		"-----BEGIN X-----\nZm9\n-----END X-----",
		"-----BEGIN X-----\nA: b\n\nZm9v\n-----END X-----" };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK(blocks(bad[i], &e) == -1 && e.kind == ERR_FORMAT);
		e = (struct err){ 0 };
	}
}

static void limits(void)
{
	struct arena *small = arena_new(4);
	struct str rest = str_of(BLOCK);
	struct span bytes;
	struct err e = { 0 };
	bool found;

	CHECK_ERR(pem_next(&found, &bytes, &rest, "X", small, &e), e, ERR_LIMIT);
	arena_free(small);
}

int main(void)
{
	a = arena_new(1 << 20);
	reads();
	refuses();
	limits();
	arena_free(a);
	return test_end();
}
