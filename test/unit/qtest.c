/*
 * QEMU's test protocol and fw_cfg against a machine made up here: a thread that answers on the other end of the socket,
 * with a memory of its own and a fw_cfg that follows the documentation. It can also answer badly.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/qtest.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hex.h"
#include "test.h"
#include "vm/fw_cfg.h"

enum { MEMORY = 1 << 16, LINE = 20000, ITEM = 0x21, BIG = 10000, SCRATCH = 0x1000 };

/* What the machine answers instead of the truth, from the at-th line on. */
struct machine {
	int fd;
	const char *lie; /* NULL: it is honest; "" closes the socket */
	size_t at, n;
	uint32_t declared; /* size of the file in the directory */
	uint32_t n_files;
	bool dma_fails;
	uint8_t memory[MEMORY];
	uint8_t item[BIG + 200];
	size_t item_size, item_at;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void select_item(struct machine *m, uint32_t key)
{
	memset(m->item, 0, sizeof m->item);
	m->item_at = 0;
	m->item_size = BIG;
	if (key == ITEM) {
		for (size_t i = 0; i < BIG; i++)
			m->item[i] = (uint8_t)(i * 7 + (i >> 8));
		return;
	}
	put_be32(m->item, m->n_files);
	put_be32(m->item + 4, 5);
	memcpy(m->item + 12, "first", 5);
	put_be32(m->item + 68, m->declared);
	m->item[73] = ITEM;
	memcpy(m->item + 76, "etc/second", 10);
}

static void dma(struct machine *m, uint32_t at)
{
	uint8_t *r = m->memory + at;
	uint32_t control = be32(r), n = be32(r + 4), to = be32(r + 12);

	if (control & 8)
		select_item(m, control >> 16);
	if ((control & 2) && !(control & 4)) {
		CHECK(to + n <= MEMORY);
		memcpy(m->memory + to, m->item + m->item_at, n);
	}
	m->item_at += n;
	put_be32(r, m->dma_fails ? 1 : 0);
}

static void reply(struct machine *m, const char *text)
{
	size_t n = strlen(text);

	CHECK(write(m->fd, text, n) == (ssize_t)n);
}

/* In two pieces, as a socket may deliver it. */
static void answer_read(struct machine *m, uint64_t at, uint64_t n)
{
	static char text[LINE];

	memcpy(text, "OK 0x", 5);
	hex_write(text + 5, m->memory + at, n);
	CHECK(write(m->fd, text, 4) == 4);
	usleep(1000);
	reply(m, text + 4);
	reply(m, "\n");
}

static void serve(struct machine *m, char *line)
{
	char *end;

	if (m->lie && m->n++ >= m->at) {
		reply(m, m->lie);
		return;
	}
	if (strncmp(line, "read ", 5) == 0) {
		uint64_t at = strtoull(line + 5, &end, 16);

		answer_read(m, at, strtoull(end, NULL, 16));
		return;
	}
	if (strncmp(line, "write ", 6) == 0) {
		uint64_t at = strtoull(line + 6, &end, 16), n = strtoull(end, &end, 16);

		CHECK(hex_read(str_make(end + 3, 2 * n), m->memory + at, n));
	} else if (strncmp(line, "outl 0x518 ", 11) == 0) {
		dma(m, __builtin_bswap32((uint32_t)strtoul(line + 11, NULL, 16)));
	} else {
		CHECK(strncmp(line, "outl 0x514 0x0", 14) == 0);
	}
	reply(m, "OK\n");
}

static void *run(void *ctx)
{
	static char line[LINE];
	struct machine *m = ctx;
	size_t n = 0;
	ssize_t got;

	while ((got = read(m->fd, line + n, 1)) == 1) {
		if (line[n] != '\n') {
			n++;
			continue;
		}
		line[n] = '\0';
		if (m->lie && !*m->lie && m->n >= m->at)
			break;
		serve(m, line);
		n = 0;
	}
	close(m->fd);
	return NULL;
}

struct meeting {
	struct machine m;
	struct qtest q;
	pthread_t thread;
};

static void meet(struct meeting *t)
{
	int pair[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	t->m.fd = pair[1];
	t->q = (struct qtest){ pair[0], 1000 };
	CHECK(pthread_create(&t->thread, NULL, run, &t->m) == 0);
}

static void part(struct meeting *t)
{
	close(t->q.fd);
	pthread_join(t->thread, NULL);
}

static struct meeting t;

static void reset(void)
{
	t = (struct meeting){ .m = { .declared = BIG, .n_files = 2 } };
}

static void moves_memory(void)
{
	uint8_t page[QTEST_CHUNK_MAX], back[QTEST_CHUNK_MAX];
	struct err e;

	reset();
	meet(&t);
	for (size_t i = 0; i < sizeof page; i++)
		page[i] = (uint8_t)(i ^ i >> 4);
	CHECK_OK(qtest_write(&t.q, page, sizeof page, 0x2000, &e), e);
	CHECK_OK(qtest_read(&t.q, back, sizeof back, 0x2000, &e), e);
	CHECK(memcmp(page, back, sizeof page) == 0);
	CHECK_OK(qtest_read(&t.q, back, 1, 0x2003, &e), e);
	CHECK(back[0] == page[3]);
	part(&t);
}

static void reads_files(void)
{
	struct buf b = buf_init(BIG);
	struct err e;

	reset();
	meet(&t);
	CHECK_OK(fw_cfg_read(&b, &t.q, "etc/second", SCRATCH, &e), e);
	CHECK(b.n == BIG);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != (uint8_t)(i * 7 + (i >> 8)))
			CHECK(false);
	CHECK_ERR(fw_cfg_read(&b, &t.q, "etc/third", SCRATCH, &e), e, ERR_NOTFOUND);
	CHECK_ERR(fw_cfg_read(&b, &t.q, "etc/secon", SCRATCH, &e), e, ERR_NOTFOUND);
	CHECK_ERR(fw_cfg_read(&b, &t.q, "etc/second", SCRATCH, &e), e, ERR_LIMIT);
	part(&t);
	buf_done(&b);
}

static enum err_kind failing(void)
{
	struct buf b = buf_init(1 << 20);
	struct err e = { 0 };

	meet(&t);
	if (fw_cfg_read(&b, &t.q, "etc/second", SCRATCH, &e))
		e.kind = ERR_NONE;
	part(&t);
	buf_done(&b);
	return e.kind;
}

static void takes_no_nonsense(void)
{
	static const char *const lies[] = { "FAIL Unknown command\n", "OK 0x\n", "OK 0xzz\n",
		"OKAY\n", "OK 0x00000000000000\n", "\n", "" };

	for (size_t i = 0; i < ARRAY_LEN(lies); i++)
		for (size_t at = 0; at < 12; at += 3) {
			reset();
			t.m.lie = lies[i];
			t.m.at = at;
			CHECK(failing() == ERR_IO);
		}
	reset();
	t.m.declared = FW_CFG_FILE_MAX + 1;
	CHECK(failing() == ERR_LIMIT);
	reset();
	t.m.n_files = FW_CFG_FILES_MAX + 1;
	CHECK(failing() == ERR_LIMIT);
	reset();
	t.m.dma_fails = true;
	CHECK(failing() == ERR_IO);
}

static void does_not_wait_for_ever(void)
{
	uint8_t byte;
	struct err e;

	reset();
	t.m.lie = "OK"; /* and no line end */
	meet(&t);
	t.q.timeout_ms = 100;
	CHECK_ERR(qtest_read(&t.q, &byte, 1, 0, &e), e, ERR_IO);
	part(&t);
}

int main(void)
{
	moves_memory();
	reads_files();
	takes_no_nonsense();
	does_not_wait_for_ever();
	return test_end();
}
