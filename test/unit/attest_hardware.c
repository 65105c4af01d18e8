/* The process that keeps the right to ask the hardware, and the attester that asks it: bundles, refusals, its end. */
#include "attester/attest_hardware.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attester/attester.h"
#include "attester/attest_platform.h"
#include "test.h"

/* ---- Nitro's driver: answers with a document that holds the request's nonce; it dies of a nonce that begins with ff ---- */

struct raw {
	uint64_t request_at, request_size, response_at, response_size;
};

enum { NONCE_FROM_END = 76 };

int ioctl(int fd, unsigned long request, ...)
{
	static const char head[] = "\xa1\x6b"
				   "Attestation"
				   "\xa1\x68"
				   "document"
				   "\x58\x40";
	const uint8_t *nonce;
	struct raw *raw;
	va_list args;

	(void)fd;
	(void)request;
	va_start(args, request);
	raw = va_arg(args, struct raw *);
	va_end(args);
	nonce = (const uint8_t *)(uintptr_t)raw->request_at + raw->request_size - NONCE_FROM_END;
	if (nonce[0] == 0xff)
		_exit(1);
	if (nonce[0] == 0xee) {
		errno = ETIMEDOUT;
		return -1;
	}
	memcpy((void *)(uintptr_t)raw->response_at, head, sizeof head - 1);
	memcpy((uint8_t *)(uintptr_t)raw->response_at + sizeof head - 1, nonce, 64);
	raw->response_size = sizeof head - 1 + 64;
	return 0;
}

/* ---- */

static const struct attest_hardware_at at = { "/nowhere/tsm", "/dev/null" };

static bool ask(struct attest_hardware *h, uint8_t first, struct err *e)
{
	CLEANUP(buf_done) struct buf evidence = buf_init(BUNDLE_HARDWARE_MAX);
	CLEANUP(buf_done) struct buf certificates = buf_init(BUNDLE_HARDWARE_MAX);
	uint8_t data[ATTEST_HARDWARE_DATA] = { first, 1, 2 };

	*e = (struct err){ 0 };
	if (!attest_hardware_ask(h, &evidence, &certificates, data, e))
		return false;
	CHECK(evidence.n == sizeof data && memcmp(evidence.p, data, sizeof data) == 0);
	CHECK(certificates.n == 0);
	return true;
}

static void asks(void)
{
	CLEANUP(attest_hardware_freep) struct attest_hardware *h = NULL;
	CLEANUP(buf_done) struct buf small = buf_init(63), none = buf_init(0);
	uint8_t data[ATTEST_HARDWARE_DATA] = { 1 };
	struct err e = { 0 };

	CHECK_OK(attest_hardware_new(&h, BUNDLE_NITRO, &at, &e), e);
	CHECK_OK(ask(h, 1, &e), e);
	CHECK_ERR(ask(h, 0xee, &e), e, ERR_IO);
	CHECK(strstr(e.text, "/dev/null") && strstr(e.text, "does not answer"));
	CHECK_OK(ask(h, 2, &e), e); /* an error ends nothing */
	CHECK_ERR(attest_hardware_ask(h, &small, &none, data, &e), e, ERR_IO);
	CHECK_ERR(ask(h, 0xff, &e), e, ERR_IO);
	CHECK(strstr(e.text, "has ended"));
	CHECK_ERR(ask(h, 1, &e), e, ERR_IO);
}

/* What was the matter is told; whatever it was, it is not the fault of who asked. */
static void tells(void)
{
	CLEANUP(attest_hardware_freep) struct attest_hardware *h = NULL;
	struct err e = { 0 };

	CHECK_OK(attest_hardware_new(&h, BUNDLE_SNP, &at, &e), e);
	CHECK_ERR(ask(h, 1, &e), e, ERR_IO);
	CHECK(strstr(e.text, "there is no '/nowhere/tsm'"));
}

#define NONCE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define CHALLENGE "{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE "\""

static void bundles(void)
{
	CLEANUP(attest_hardware_freep) struct attest_hardware *h = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf out = buf_init(ATTESTER_ANSWER_MAX), id = buf_init(1000);
	struct attester_sources from = {
		.kind = BUNDLE_NITRO, .firmware_log = -1, .systemd_log = -1, .cc_log = -1
	};
	struct attester attester;
	struct bundle b;
	struct digest want;
	struct err e = { 0 };

	CHECK_OK(attest_hardware_new(&h, BUNDLE_NITRO, &at, &e), e);
	from.hardware = h;
	CHECK_OK(attester_init(&attester, &from, &e), e);
	CHECK_OK(attester_evidence(&attester, str_span(STR(CHALLENGE "}")), &out, &e), e);
	CHECK_OK(bundle_parse(&b, buf_span(&out), a, &e), e);
	CHECK(b.kind == BUNDLE_NITRO && b.has_binding && str_is(b.binding.role, "attester"));
	CHECK(b.binding.nonce[1] == 0x11 && b.binding.secret_digest[0] == 0 &&
		b.binding.channel[0] == 0);
	CHECK_OK(binding_digest(&want, DIGEST_SHA512, &b.binding, &e), e);
	CHECK(b.nitro_document.n == 64 && memcmp(b.nitro_document.p, want.bytes, 64) == 0);
	CHECK_OK(attester_identity(&attester, &id, &e), e);
	CHECK(memmem(id.p, id.n, "assay.identity/2", 16) && memmem(id.p, id.n, "nitro", 5));
	out.n = 0;
	CHECK_ERR(attester_evidence(&attester,
			  str_span(STR(CHALLENGE ",\"credential\":{\"id_object\":\"AA==\","
						 "\"encrypted_secret\":\"AA==\"}}")),
			  &out, &e),
		e, ERR_USAGE);
	CHECK(out.n == 0 && strstr(e.text, "without a credential"));
	attester_done(&attester);
}

static bool no_tpm(struct attest_tpm **ret, const char *name, struct err *e)
{
	(void)ret;
	return err_set(e, ERR_IO, "no TPM '%s'", name);
}

static void platforms(void)
{
	static const char *const names[] = { "auto", "tpm", "snp", "tdx", "nitro", "azure" };
	static const struct attest_tpm_opener opener = { no_tpm, "x" };
	static const struct attest_hardware_at nothing = { "/nowhere/tsm", "/nowhere/nsm" };
	enum attest_platform p = ATTEST_PLATFORM_AUTO;
	enum bundle_kind kind = BUNDLE_TPM;
	struct attest_tpm *tpm = NULL;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CHECK_OK(attest_platform_read(&p, str_of(names[i]), &e), e);
		CHECK(p == (enum attest_platform)i);
		CHECK_ERR(attest_platform_find(&kind, &tpm, p, &nothing, &opener, &e), e,
			i == ATTEST_PLATFORM_SNP || i == ATTEST_PLATFORM_TDX ? ERR_NOTFOUND
									     : ERR_IO);
	}
	CHECK_ERR(attest_platform_read(&p, STR("TPM"), &e), e, ERR_USAGE);
	CHECK_ERR(attest_platform_read(&p, STR(""), &e), e, ERR_USAGE);
	CHECK_OK(attest_platform_find(&kind, &tpm, ATTEST_PLATFORM_AUTO, &at, &opener, &e), e);
	CHECK(kind == BUNDLE_NITRO && !tpm);
}

static bool is_readable(const struct attest_hardware *h, int wait_ms)
{
	struct pollfd p = { .fd = attest_hardware_fd(h), .events = POLLIN };

	return poll(&p, 1, wait_ms) == 1;
}

/* Whoever waits on the descriptor learns of the process's end; answers are never left in there. */
static void end_is_seen(void)
{
	CLEANUP(attest_hardware_freep) struct attest_hardware *h = NULL;
	struct err e = { 0 };

	CHECK_OK(attest_hardware_new(&h, BUNDLE_NITRO, &at, &e), e);
	CHECK_OK(ask(h, 1, &e), e);
	CHECK(!is_readable(h, 0));
	CHECK_ERR(ask(h, 0xee, &e), e, ERR_IO); /* the driver's error is not the end */
	CHECK(!is_readable(h, 0));
	CHECK_ERR(ask(h, 0xff, &e), e, ERR_IO);
	CHECK(strstr(e.text, "has ended") && is_readable(h, 5000));
}

/* A folder that takes an entry and shows no provider in it: what is there and does not work is no reason for the next. */
static void no_fall_back(void)
{
	static const struct attest_tpm_opener opener = { no_tpm, "x" };
	char folder[] = "/tmp/attest-hardware-XXXXXX";
	const struct attest_hardware_at broken = { mkdtemp(folder), "/dev/null" };
	enum bundle_kind kind = BUNDLE_TPM;
	struct attest_tpm *tpm = NULL;
	struct err e = { 0 };

	CHECK(broken.tsm);
	CHECK_ERR(attest_platform_find(&kind, &tpm, ATTEST_PLATFORM_AUTO, &broken, &opener, &e), e,
		ERR_FORMAT);
	CHECK(kind == BUNDLE_TPM && strstr(e.text, "no 'provider'"));
	CHECK(rmdir(folder) == 0);
}

int main(void)
{
	asks();
	tells();
	bundles();
	platforms();
	end_is_seen();
	no_fall_back();
	return test_end();
}
