#include "image/gpt.h"

#include "base/rd.h"
#include "test.h"

enum { DISK = 8 << 20 };

static struct gpt_partition part(uint64_t at, uint64_t size)
{
	return (struct gpt_partition){ .type = gpt_type_esp, .at = at, .size = size, .name = "p" };
}

static void refuses(
	const struct gpt_partition *parts, size_t n, uint64_t disk_size, enum err_kind want)
{
	struct gpt g = { .disk_size = disk_size, .partitions = parts, .n = n };
	struct buf a = buf_init(GPT_PRIMARY_SIZE), b = buf_init(GPT_BACKUP_SIZE);
	struct err e = { 0 };

	CHECK_ERR(gpt_emit(&g, &a, &b, &e), e, want);
	CHECK_ERR(gpt_event_data(&g, &a, &e), e, want);
	CHECK(!a.n && !b.n);
}

static void refusals(void)
{
	static const uint64_t bad[][2] = { { 0, 512 }, { 512, 512 }, { 1 << 20, 0 },
		{ 1 << 20, 513 }, { 1 << 20, DISK - (1 << 20) }, { DISK, 512 },
		{ UINT64_MAX & ~UINT64_C(0xfffff), 512 },
		{ 1 << 20, UINT64_MAX & ~UINT64_C(511) } };
	struct gpt_partition two[2] = { part(1 << 20, 2 << 20), part(2 << 20, 512) };
	struct gpt_partition many[GPT_ENTRIES + 1], p;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		p = part(bad[i][0], bad[i][1]);
		refuses(&p, 1, DISK, ERR_FORMAT);
	}
	refuses(two, 2, DISK, ERR_FORMAT);
	p = part(1 << 20, 512);
	refuses(&p, 1, DISK + 1, ERR_FORMAT);
	refuses(&p, 0, 0, ERR_FORMAT);
	p.name = NULL;
	refuses(&p, 1, DISK, ERR_FORMAT);
	p.name = "";
	refuses(&p, 1, DISK, ERR_FORMAT);
	p.name = "a-name-of-thirty-seven-characters----";
	refuses(&p, 1, DISK, ERR_FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = part((i + 1) << 20, 512);
	refuses(many, ARRAY_LEN(many), UINT64_C(1) << 30, ERR_LIMIT);
}

static void small_buffers(void)
{
	struct gpt_partition p = part(1 << 20, 512);
	struct gpt g = { .disk_size = DISK, .partitions = &p, .n = 1 };
	struct buf a = buf_init(GPT_PRIMARY_SIZE - 1), b = buf_init(GPT_BACKUP_SIZE);
	struct err e = { 0 };

	CHECK_ERR(gpt_emit(&g, &a, &b, &e), e, ERR_LIMIT);
	buf_done(&a);
	buf_done(&b);
	a = buf_init(GPT_HEADER_SIZE + 8 + GPT_ENTRY_SIZE - 1);
	CHECK_ERR(gpt_event_data(&g, &a, &e), e, ERR_LIMIT);
	buf_done(&a);
}

/* Both headers point at each other; the entry is where and what was asked for. */
static void layout(void)
{
	struct gpt_partition p = part(1 << 20, 1024);
	struct gpt g = { .disk_size = DISK, .partitions = &p, .n = 1 };
	struct buf a = buf_init(GPT_PRIMARY_SIZE), b = buf_init(GPT_BACKUP_SIZE);
	struct buf event = buf_init(1000);
	struct err e = { 0 };
	struct rd r;

	p.attributes = GPT_READ_ONLY;
	CHECK_OK(gpt_emit(&g, &a, &b, &e) && gpt_event_data(&g, &event, &e), e);
	CHECK(a.n == GPT_PRIMARY_SIZE && b.n == GPT_BACKUP_SIZE);
	CHECK(a.p[510] == 0x55 && a.p[450] == 0xee);
	r = rd_of(buf_span(&a));
	rd_seek(&r, 512 + 24);
	CHECK(rd_u64le(&r) == 1 && rd_u64le(&r) == DISK / 512 - 1);
	CHECK(rd_u64le(&r) == 34 && rd_u64le(&r) == DISK / 512 - 34);
	rd_seek(&r, 1024);
	CHECK(rd_u32le(&r) == 0xc12a7328 && rd_u16le(&r) == 0xf81f);
	rd_seek(&r, 1024 + 32);
	CHECK(rd_u64le(&r) == 2048 && rd_u64le(&r) == 2049 && rd_u64le(&r) == GPT_READ_ONLY);
	CHECK(rd_u16le(&r) == 'p' && rd_u16le(&r) == 0);
	CHECK(memcmp(a.p + 1024, b.p, 128 * GPT_ENTRY_SIZE) == 0);
	r = rd_of(buf_span(&b));
	rd_seek(&r, 128 * GPT_ENTRY_SIZE + 24);
	CHECK(rd_u64le(&r) == DISK / 512 - 1 && rd_u64le(&r) == 1);
	CHECK(event.n == 92 + 8 + 128 && memcmp(event.p, a.p + 512, 92) == 0);
	CHECK(memcmp(event.p + 100, a.p + 1024, 128) == 0 && event.p[92] == 1);
	buf_done(&a);
	buf_done(&b);
	buf_done(&event);
}

int main(void)
{
	refusals();
	small_buffers();
	layout();
	return test_end();
}
