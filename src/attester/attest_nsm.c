#include "attester/attest_nsm.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "codec/cbor.h"
#include "base/banned.h"

enum { ARENA_MAX = 64 << 10, ERROR_TEXT_MAX = 100 };

/* As uapi/linux/nsm.h has it: two buffers, each 64 bits of address and 64 of length; the response's is set to what came. */
struct nsm_buffer {
	uint64_t addr, len;
};
struct nsm_raw {
	struct nsm_buffer request, response;
};
#define NSM_RAW _IOWR(0x0a, 0x0, struct nsm_raw)

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

void attest_nsm_request(struct buf *out, const uint8_t nonce[static ATTEST_NSM_NONCE])
{
	cbor_put_map(out, 1);
	cbor_put_text(out, STR("Attestation"));
	cbor_put_map(out, 3);
	cbor_put_text(out, STR("user_data"));
	cbor_put_null(out);
	cbor_put_text(out, STR("nonce"));
	cbor_put_bytes(out, span_make(nonce, ATTEST_NSM_NONCE));
	cbor_put_text(out, STR("public_key"));
	cbor_put_null(out);
}

bool attest_nsm_response(
	struct span *document, struct span response, struct arena *a, struct err *e)
{
	const struct cbor *error, *bytes;
	struct cbor v;

	if (!cbor_parse(&v, response, a, e))
		return err_wrap(e, "the security module's response");
	error = cbor_get_text(&v, "Error");
	if (error && error->kind == CBOR_TEXT && error->bytes.n <= ERROR_TEXT_MAX)
		return err_set(
			e, ERR_IO, "the security module refuses: %.*s", STR_ARG(cbor_str(error)));
	bytes = cbor_get_text(cbor_get_text(&v, "Attestation"), "document");
	if (!bytes || bytes->kind != CBOR_BYTES || bytes->bytes.n == 0)
		return err_set(e, ERR_FORMAT,
			"the security module's response has neither a document nor an error");
	*document = bytes->bytes;
	return true;
}

static bool exchange(int fd, const struct buf *request, uint8_t *response, size_t *n, struct err *e)
{
	struct nsm_raw raw = { { (uintptr_t)request->p, request->n }, { (uintptr_t)response, *n } };

	if (ioctl(fd, NSM_RAW, &raw) < 0)
		return err_os(e, "the security module does not answer");
	if (raw.response.len > *n)
		return err_set(e, ERR_FORMAT,
			"the security module's response is %llu bytes, limit %zu",
			(unsigned long long)raw.response.len, *n);
	*n = (size_t)raw.response.len;
	return true;
}

static bool ask(struct buf *document, int fd, const uint8_t *nonce, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_done) struct buf request = buf_init(ATTEST_NSM_REQUEST_MAX);
	uint8_t response[ATTEST_NSM_RESPONSE_MAX];
	size_t n = sizeof response;
	struct span got;

	attest_nsm_request(&request, nonce);
	if (!exchange(fd, &request, response, &n, e) ||
		!attest_nsm_response(&got, span_make(response, n), a, e))
		return false;
	if (!memmem(got.p, got.n, nonce, ATTEST_NSM_NONCE))
		return err_set(e, ERR_MISMATCH, "the document does not carry the nonce");
	buf_add(document, got.p, got.n);
	return buf_ok(document) || buf_full(document, "document", e);
}

bool attest_nsm_document(struct buf *document, const char *device,
	const uint8_t nonce[static ATTEST_NSM_NONCE], struct err *e)
{
	CLEANUP(close_fd) int fd = open(device, O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && errno == ENOENT) {
		err_set(e, ERR_NOTFOUND, "there is no '%s'", device);
		return err_hint(
			e, "is this a Nitro enclave, and does its kernel have the driver nsm");
	}
	if (fd < 0)
		return err_os(e, "cannot open '%s'", device);
	return ask(document, fd, nonce, e) || err_wrap(e, "'%s'", device);
}
