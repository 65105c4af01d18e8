#include "vm/observe.h"

#include "base/hex.h"
#include "base/mem.h"

#include "test.h"

#define A64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define B64 "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define A96 A64 "00112233445566778899aabbccddeeff"

static bool line(struct observe *o, const char *text, struct err *e)
{
	return observe_line(o, str_of(text), e);
}

static void takes(void)
{
	CLEANUP(mem_free) struct observe *o = MEM_NEW(struct observe);
	char hex[2 * DIGEST_MAX + 1];
	struct err e;

	CHECK_OK(line(o, "", &e), e);
	CHECK_OK(line(o, "[    1.0] Run /init as init process", &e), e);
	CHECK_OK(line(o, "assay-observe: done", &e), e);
	CHECK(o->sha256[0].alg == DIGEST_NONE);
	CHECK_OK(line(o, "assay-observe: pcr sha256 0 " A64, &e), e);
	CHECK_OK(line(o, "[    2.5] assay-observe: pcr sha384 23 " A96, &e), e);
	CHECK(o->sha256[0].alg == DIGEST_SHA256 && o->sha384[23].alg == DIGEST_SHA384);
	digest_hex(&o->sha256[0], hex);
	CHECK(!strcmp(hex, A64));
	CHECK(o->sha384[0].alg == DIGEST_NONE);
	CHECK_OK(line(o, "assay-observe: pcr sha256 0 " A64, &e), e);
	CHECK_ERR(line(o, "assay-observe: pcr sha256 0 " B64, &e), e, ERR_FORMAT);
	digest_hex(&o->sha256[0], hex);
	CHECK(!strcmp(hex, A64));
}

static void refuses(void)
{
	static const char *const bad[] = {
		"assay-observe: pcr ",
		"assay-observe: pcr sha256",
		"assay-observe: pcr sha256 0",
		"assay-observe: pcr sha1 0 " A64,
		"assay-observe: pcr sha512 0 " A64 A64,
		"assay-observe: pcr sha256 24 " A64,
		"assay-observe: pcr sha256 -1 " A64,
		"assay-observe: pcr sha256 00 " A64,
		"assay-observe: pcr sha384 0 " A64,
		"assay-observe: pcr sha256 0 " A96,
		"assay-observe: pcr sha256 0 " A64 " more",
		"assay-observe: pcr sha256 0 0X112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	};
	CLEANUP(mem_free) struct observe *o = MEM_NEW(struct observe);
	static const char good[] = "assay-observe: pcr sha256 0 " A64;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(line(o, bad[i], &e), e, ERR_FORMAT);
	/* Every truncation from the mark on; a shorter one is no such line. */
	for (size_t n = strlen("assay-observe: pcr "); n < strlen(good); n++)
		CHECK_ERR(observe_line(o, str_make(good, n), &e), e, ERR_FORMAT);
	CHECK(o->sha256[0].alg == DIGEST_NONE);
}

int main(void)
{
	takes();
	refuses();
	return test_end();
}
