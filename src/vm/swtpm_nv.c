#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/swtpm_nv.h"

#include <poll.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/rd.h"
#include "base/banned.h"

enum {
	COMMAND_MAX = 4096,
	CHUNK = 1024, /* of one NV_Write; TPM2_PT_NV_BUFFER_MAX is at least that in libtpms */
	ANSWER_TIMEOUT_MS = 10000,
	HEADER_SIZE = 10,

	ST_NO_SESSIONS = 0x8001,
	ST_SESSIONS = 0x8002,
	CC_NV_DEFINE_SPACE = 0x12a,
	CC_NV_WRITE = 0x137,
	CC_SHUTDOWN = 0x145,
	RH_OWNER = 0x40000001,
	RS_PW = 0x40000009,
	ALG_SHA256 = 0x000b,
	/* OWNERWRITE 1, WRITEDEFINE 13, OWNERREAD 17, AUTHREAD 18, NO_DA 25 (part 2, TPMA_NV) */
	NV_ATTRIBUTES = 1 << 1 | 1 << 13 | 1 << 17 | 1 << 18 | 1 << 25,
};

/* tag, size of all, command code; then the body. */
static bool send_command(int fd, uint16_t tag, uint32_t code, struct span body, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(COMMAND_MAX);

	buf_u16be(&b, tag);
	buf_u32be(&b, (uint32_t)(HEADER_SIZE + body.n));
	buf_u32be(&b, code);
	buf_add(&b, body.p, body.n);
	if (!buf_ok(&b))
		return buf_full(&b, "TPM command", e);
	if (send(fd, b.p, b.n, MSG_NOSIGNAL) != (ssize_t)b.n)
		return err_os(e, "cannot send a command to the software TPM");
	return true;
}

/* Sends and demands the response code "success". */
static bool transact(int fd, uint16_t tag, uint32_t code, struct span body, struct err *e)
{
	struct pollfd p = { fd, POLLIN, 0 };
	uint8_t answer[COMMAND_MAX];
	struct rd r;
	ssize_t n;
	uint32_t rc;

	if (!send_command(fd, tag, code, body, e))
		return false;
	if (poll(&p, 1, ANSWER_TIMEOUT_MS) != 1)
		return err_set(e, ERR_IO, "the software TPM does not answer command 0x%x", code);
	n = recv(fd, answer, sizeof answer, 0);
	if (n < 0)
		return err_os(e, "cannot read the software TPM's answer to command 0x%x", code);
	r = rd_of(span_make(answer, (size_t)n));
	rd_skip(&r, 6);
	rc = rd_u32be(&r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "TPM response", e);
	if (rc != 0)
		return err_set(
			e, ERR_IO, "the software TPM answers 0x%x to command 0x%x", rc, code);
	return true;
}

/* An authorisation area with one empty password. */
static void add_password(struct buf *b)
{
	buf_u32be(b, 9);
	buf_u32be(b, RS_PW);
	buf_u16be(b, 0); /* nonce */
	buf_u8(b, 0);    /* attributes */
	buf_u16be(b, 0); /* password */
}

static bool define(int fd, uint32_t index, size_t size, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(COMMAND_MAX);

	buf_u32be(&b, RH_OWNER);
	add_password(&b);
	buf_u16be(&b, 0);  /* authValue */
	buf_u16be(&b, 14); /* TPM2B_NV_PUBLIC */
	buf_u32be(&b, index);
	buf_u16be(&b, ALG_SHA256);
	buf_u32be(&b, NV_ATTRIBUTES);
	buf_u16be(&b, 0); /* authPolicy */
	buf_u16be(&b, (uint16_t)size);
	return transact(fd, ST_SESSIONS, CC_NV_DEFINE_SPACE, buf_span(&b), e);
}

static bool write_at(int fd, uint32_t index, size_t at, struct span part, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(COMMAND_MAX);

	buf_u32be(&b, RH_OWNER);
	buf_u32be(&b, index);
	add_password(&b);
	buf_u16be(&b, (uint16_t)part.n);
	buf_add(&b, part.p, part.n);
	buf_u16be(&b, (uint16_t)at);
	return transact(fd, ST_SESSIONS, CC_NV_WRITE, buf_span(&b), e);
}

bool swtpm_nv_write(int socket, uint32_t index, struct span data, struct err *e)
{
	static const uint8_t clear[2] = { 0, 0 }; /* TPM_SU_CLEAR */

	if (data.n > SWTPM_NV_MAX)
		return err_set(e, ERR_LIMIT, "NV index 0x%08x wants %zu bytes, limit %d", index,
			data.n, SWTPM_NV_MAX);
	if (!define(socket, index, data.n, e))
		return false;
	for (size_t at = 0; at < data.n; at += CHUNK) {
		size_t n = data.n - at < CHUNK ? data.n - at : CHUNK;

		if (!write_at(socket, index, at, span_make(data.p + at, n), e))
			return false;
	}
	return transact(socket, ST_NO_SESSIONS, CC_SHUTDOWN, SPAN_OF(clear), e);
}
