#define ASSAY_MAY_ASK_THE_MACHINE
#include "deb/inflate_xz.h"

#include <lzma.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/file.h"
#include "test.h"

enum {
	PLAIN_SIZE = 10 << 20,
	BLOCK = 3 << 20,
	SMALL = 600,
	FILE_MAX = 64 << 20,
};

/* Bytes that hardly compress, so that the stream is large enough for threads. */
static uint8_t *noise(size_t n)
{
	uint8_t *p = mem_alloc(n);
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)x;
	}
	return p;
}

static struct buf compressed(const uint8_t *plain, size_t n, uint64_t block)
{
	const lzma_mt options = {
		.threads = 2, .block_size = block, .preset = 0, .check = LZMA_CHECK_CRC64
	};
	lzma_stream s = LZMA_STREAM_INIT;
	struct buf b = buf_init(FILE_MAX);

	buf_fill(&b, 0, lzma_stream_buffer_bound(n) + 65536);
	CHECK(lzma_stream_encoder_mt(&s, &options) == LZMA_OK);
	s.next_in = plain;
	s.avail_in = n;
	s.next_out = b.p;
	s.avail_out = b.n;
	CHECK(lzma_code(&s, LZMA_FINISH) == LZMA_STREAM_END);
	b.n = s.total_out;
	lzma_end(&s);
	return b;
}

/* One member in an archive: a file in memory. */
static int archive(struct span member)
{
	char header[128];
	int fd = memfd_create("ar", MFD_CLOEXEC);
	struct err e = { 0 };
	size_t n = (size_t)snprintf(header, sizeof header,
		"!<arch>\n%-16s%-12d%-6d%-6d%-8o%-10zu`\n", "data.tar.xz", 0, 0, 0, 0100644,
		member.n);

	CHECK_OK(file_pwrite(fd, header, n, 0, "ar", &e), e);
	CHECK_OK(file_pwrite(fd, member.p, member.n, n, "ar", &e), e);
	CHECK_OK(file_pwrite(fd, "\n", member.n & 1, n + member.n, "ar", &e), e);
	return fd;
}

/* Decodes all; *same says whether plain came out. */
static bool decode(struct span member, struct span plain, bool *same, struct err *e)
{
	CLEANUP(file_closep) int fd = archive(member);
	CLEANUP(ar_freep) struct ar *a = NULL;
	struct inflate_xz *x;
	struct ar_member m;
	bool found, ok;
	uint64_t at = 0;
	size_t n = 1;

	if (!ar_open(&a, fd, 8 + 60 + member.n + (member.n & 1), e) || !ar_next(a, &m, &found, e))
		return false;
	x = inflate_xz_new(a, m.size);
	*same = true;
	for (ok = true; ok && n;) {
		const void *p;

		ok = inflate_xz_read(x, &p, &n, e);
		if (ok && n) {
			*same = *same && n <= plain.n - at && !memcmp(p, plain.p + at, n);
			at += n;
		}
	}
	*same = *same && at == plain.n;
	inflate_xz_free(x);
	return ok;
}

static void fails(struct span member, enum err_kind kind, const char *text)
{
	struct err e = { 0 };
	bool same;

	CHECK(!decode(member, (struct span){ 0 }, &same, &e));
	CHECK(e.kind == kind);
	CHECK(strstr(e.text, text) != NULL);
}

static void many_blocks(void)
{
	CLEANUP(mem_free) uint8_t *plain = noise(PLAIN_SIZE);
	CLEANUP(buf_done) struct buf xz = compressed(plain, PLAIN_SIZE, BLOCK);
	struct err e = { 0 };
	bool same = false;

	CHECK(xz.n > INFLATE_XZ_PARALLEL_MIN);
	CHECK_OK(decode(buf_span(&xz), span_make(plain, PLAIN_SIZE), &same, &e), e);
	CHECK(same);
	/* Somewhere in each block, and in the index behind them. */
	for (size_t at = 1000; at < xz.n; at += BLOCK) {
		xz.p[at] ^= 0x20;
		fails(buf_span(&xz), ERR_FORMAT, "xz: damaged data");
		xz.p[at] ^= 0x20;
	}
	xz.p[xz.n - 20] ^= 1;
	fails(buf_span(&xz), ERR_FORMAT, "xz: damaged data");
	xz.p[xz.n - 20] ^= 1;
	fails(span_make(xz.p, xz.n / 2), ERR_FORMAT, "truncated");
	fails(span_make(xz.p, xz.n - 1), ERR_FORMAT, "truncated");
	buf_u8(&xz, 0);
	fails(buf_span(&xz), ERR_FORMAT, "garbage after the compressed data, from");
}

static void small(void)
{
	CLEANUP(mem_free) uint8_t *plain = noise(SMALL);
	CLEANUP(buf_done) struct buf xz = compressed(plain, SMALL, 0);
	struct err e = { 0 };
	bool same = false;

	CHECK_OK(decode(buf_span(&xz), span_make(plain, SMALL), &same, &e), e);
	CHECK(same);
	for (size_t n = 0; n < xz.n; n++)
		fails(span_make(xz.p, n), ERR_FORMAT, "");
	for (size_t i = 0; i < xz.n; i++) {
		xz.p[i] ^= 1;
		e = (struct err){ 0 };
		CHECK(!decode(buf_span(&xz), span_make(plain, SMALL), &same, &e));
		xz.p[i] ^= 1;
	}
	fails(SPAN_OF("no xz at all, but long enough to be one"), ERR_FORMAT,
		"not compressed as its name says");
}

/* A header that asks for a dictionary of 1.5 GiB. */
static void memory(void)
{
	uint8_t plain[100] = { 0 };
	CLEANUP(buf_done) struct buf xz = compressed(plain, sizeof plain, 0);
	uint8_t *header = xz.p + 12;
	size_t n = ((size_t)header[0] + 1) * 4, at;
	uint32_t crc;

	/* Flags 0xc0: both sizes stand before the filter, each in one or more bytes of 7 bits. */
	for (at = 2; header[at] != 0x21; at++)
		CHECK(at < n);
	header[at + 2] = 37; /* (2 | 1) << (37 / 2 + 11) */
	crc = lzma_crc32(header, n - 4, 0);
	for (size_t i = 0; i < 4; i++)
		header[n - 4 + i] = (uint8_t)(crc >> 8 * i);
	fails(buf_span(&xz), ERR_LIMIT, "MiB of memory, limit 160 MiB");
}

int main(void)
{
	many_blocks();
	small();
	memory();
	return test_end();
}
