/* Nitro's security module: the messages, and a device whose driver is this program's own ioctl. */
#include "attester/attest_nsm.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test.h"

/* ---- the driver: takes a request of at most 0x1000 bytes, cuts the response to the caller's buffer ---- */

struct raw {
	uint64_t request_at, request_size, response_at, response_size;
};

static struct {
	int error;          /* errno of every call, or 0 */
	struct span answer; /* p NULL: the honest one, with the nonce in it */
	uint64_t claim;     /* size that it claims instead of the response's, or 0 */
	uint8_t seen[0x1000];
	size_t n_seen;
} device;

static struct buf honest(struct span request)
{
	struct buf b = buf_init(0x3000);

	buf_add(&b,
		"\xa1\x6b"
		"Attestation"
		"\xa1\x68"
		"document"
		"\x58\x60",
		1 + 12 + 1 + 9 + 2);
	buf_fill(&b, 0xd2, 32);
	buf_add(&b, request.p + request.n - 76, 64); /* the nonce, before "public_key": null */
	return b;
}

int ioctl(int fd, unsigned long request, ...)
{
	struct raw *raw;
	va_list args;

	va_start(args, request);
	raw = va_arg(args, struct raw *);
	va_end(args);
	if (request != _IOWR(0x0a, 0x0, struct raw))
		return (int)syscall(SYS_ioctl, fd, request, raw);
	errno = device.error ? device.error : raw->request_size > sizeof device.seen ? EMSGSIZE : 0;
	if (errno)
		return -1;
	device.n_seen = raw->request_size;
	memcpy(device.seen, (void *)(uintptr_t)raw->request_at, device.n_seen);
	{
		CLEANUP(buf_done) struct buf b = honest(span_make(device.seen, device.n_seen));
		struct span s = device.answer.p ? device.answer : buf_span(&b);
		size_t n = s.n < raw->response_size ? s.n : raw->response_size;

		memcpy((void *)(uintptr_t)raw->response_at, s.p, n);
		raw->response_size = device.claim ? device.claim : n;
	}
	return 0;
}

/* ---- */

static uint8_t nonce[ATTEST_NSM_NONCE];

static bool ask(struct buf *out, struct err *e)
{
	*e = (struct err){ 0 };
	*out = buf_init(0x3000);
	return attest_nsm_document(out, "/dev/null", nonce, e);
}

static void request(void)
{
	static const char before[] = "\xa1\x6b"
				     "Attestation"
				     "\xa3\x69"
				     "user_data"
				     "\xf6\x65"
				     "nonce"
				     "\x58\x40";
	static const char after[] = "\x6a"
				    "public_key"
				    "\xf6";
	CLEANUP(buf_done) struct buf b = buf_init(ATTEST_NSM_REQUEST_MAX);

	attest_nsm_request(&b, nonce);
	CHECK(b.n == sizeof before - 1 + 64 + sizeof after - 1);
	CHECK(memcmp(b.p, before, sizeof before - 1) == 0);
	CHECK(memcmp(b.p + sizeof before - 1, nonce, 64) == 0);
	CHECK(memcmp(b.p + sizeof before - 1 + 64, after, sizeof after - 1) == 0);
}

static void document(void)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e;

	CHECK_OK(ask(&b, &e), e);
	CHECK(b.n == 96 && b.p[0] == 0xd2 && memcmp(b.p + 32, nonce, 64) == 0);
	nonce[63] ^= 1; /* asked anew, not remembered */
	buf_done(&b);
	CHECK_OK(ask(&b, &e), e);
	CHECK(b.n == 96 && memcmp(b.p + 32, nonce, 64) == 0);
}

#define CASE(text, kind)                                         \
	{                                                        \
		{ (const uint8_t *)text, sizeof text - 1 }, kind \
	}

struct response_case {
	struct span answer;
	enum err_kind kind;
};

static void response(const struct response_case *c)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e;

	device.answer = c->answer;
	CHECK_ERR(ask(&b, &e), e, c->kind);
	CHECK(b.n == 0);
	CHECK(c->kind != ERR_IO || strstr(e.text, "InvalidOperation"));
	device.answer = (struct span){ 0 };
}

/* Errors of the module, and answers that are none. */
static void responses(void)
{
	static const struct response_case cases[] = {
		CASE("\xa1\x65"
		     "Error"
		     "\x70"
		     "InvalidOperation",
			ERR_IO),
		CASE("\xa1\x65"
		     "Error"
		     "\x00",
			ERR_FORMAT),
		CASE("\xa1\x65"
		     "Other"
		     "\x60",
			ERR_FORMAT),
		CASE("\x60", ERR_FORMAT),
		CASE("\xa0", ERR_FORMAT),
		CASE("\xff", ERR_FORMAT),
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		response(&cases[i]);
}

/* Answers to the question that was asked, whose document is not as it must be. */
static void documents(void)
{
	static const struct response_case cases[] = {
		CASE("\xa1\x6b"
		     "Attestation"
		     "\xa0",
			ERR_FORMAT),
		CASE("\xa1\x6b"
		     "Attestation"
		     "\x00",
			ERR_FORMAT),
		CASE("\xa1\x6b"
		     "Attestation"
		     "\xa1\x68"
		     "document"
		     "\x40",
			ERR_FORMAT),
		CASE("\xa1\x6b"
		     "Attestation"
		     "\xa1\x68"
		     "document"
		     "\x61"
		     "x",
			ERR_FORMAT),
		CASE("\xa1\x6b"
		     "Attestation"
		     "\xa1\x68"
		     "document"
		     "\x41"
		     "x\x00",
			ERR_FORMAT),
		CASE("\xa1\x6b"
		     "Attestation"
		     "\xa1\x68"
		     "document"
		     "\x41"
		     "x",
			ERR_MISMATCH),
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		response(&cases[i]);
}

/* Each shorter response than the honest one, as a buffer that is too small gives it. */
static void cut(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf r = buf_init(ATTEST_NSM_REQUEST_MAX);
	CLEANUP(buf_done) struct buf whole = { 0 };
	struct span got = { 0 };
	struct err e = { 0 };

	attest_nsm_request(&r, nonce);
	whole = honest(buf_span(&r));
	CHECK_OK(attest_nsm_response(&got, buf_span(&whole), a, &e), e);
	for (size_t n = 0; n < whole.n; n++)
		CHECK_ERR(attest_nsm_response(&got, span_make(whole.p, n), a, &e), e, ERR_FORMAT);
}

static void errors(void)
{
	static const int errors[] = { EIO, ETIMEDOUT, ENODATA, EFAULT, EACCES, ENOTTY };
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		device.error = errors[i];
		CHECK_ERR(ask(&b, &e), e, ERR_IO);
		CHECK(e.os == errors[i]);
	}
	device.error = 0;
	device.claim = ATTEST_NSM_RESPONSE_MAX + 1;
	CHECK_ERR(ask(&b, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "limit 12288"));
	device.claim = 0;
	CHECK_ERR(attest_nsm_document(&b, "/nowhere/nsm", nonce, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.hint, "Nitro"));
	CHECK_ERR(attest_nsm_document(&b, "/", nonce, &e), e, ERR_IO);
}

int main(void)
{
	for (size_t i = 0; i < sizeof nonce; i++)
		nonce[i] = (uint8_t)(i + 1);
	request();
	document();
	responses();
	documents();
	cut();
	errors();
	return test_end();
}
