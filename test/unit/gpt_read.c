#include "diff/gpt_read.h"

#include "../fuzz/volumes_made.h"
#include "base/buf.h"
#include "image/gpt.h"
#include "members_check.h"
#include "test.h"

enum { DISK_SIZE = 8 << 20 };

static const struct gpt_partition parts[] = {
	{ .type = gpt_type_root_x86_64,
		.uuid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
		.at = 1 << 20,
		.size = 3 << 20,
		.attributes = GPT_READ_ONLY,
		.name = "root" },
	{ .type = gpt_type_esp, .uuid = { 0xff }, .at = 5 << 20, .size = 512, .name = "esp" },
};

/* A disk of zeros with both tables. */
static struct buf disk_of(void)
{
	struct gpt g = { .disk_uuid = { 0xab, 0xcd, 0xef, 0x01 },
		.disk_size = DISK_SIZE,
		.partitions = parts,
		.n = ARRAY_LEN(parts) };
	CLEANUP(buf_done) struct buf first = buf_init(1 << 16), last = buf_init(1 << 16);
	struct buf b = buf_init(DISK_SIZE);
	struct err e = { 0 };

	CHECK_OK(gpt_emit(&g, &first, &last, &e), e);
	buf_fill(&b, 0, DISK_SIZE);
	memcpy(b.p, first.p, first.n);
	memcpy(b.p + DISK_SIZE - last.n, last.p, last.n);
	return b;
}

static bool read_of(struct diff_members *ret, const struct buf *b, struct arena *a, struct err *e)
{
	struct diff_bytes src = diff_bytes_of(buf_span(b));

	return gpt_read(ret, &src, a, e);
}

static struct str fact_of(const struct diff_members *all, const char *path, const char *name)
{
	const struct diff_member *m = members_find(all, path);

	return m ? members_fact(m->facts, m->n_facts, name) : STR("");
}

static void ours(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = disk_of();
	struct diff_members all = { 0 };
	struct err e = { 0 };

	CHECK_OK(read_of(&all, &b, a, &e), e);
	CHECK(all.n == 2 && all.end == DISK_SIZE);
	CHECK(all.list[0].kind == DIFF_MEMBER_PARTITION && all.list[0].size == 3 << 20);
	CHECK(all.list[0].n_extents == 1 && all.list[0].extents->at == 1 << 20);
	CHECK(all.list[1].size == 512 && all.list[1].extents->at == 5 << 20);
	CHECK(str_is(fact_of(&all, "1", "name"), "root"));
	CHECK(str_is(fact_of(&all, "1", "type"), "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"));
	CHECK(str_is(fact_of(&all, "1", "GUID"), "01020304-0506-0708-090a-0b0c0d0e0f10"));
	CHECK(str_is(fact_of(&all, "1", "flags"), "0x1000000000000000"));
	CHECK(str_is(fact_of(&all, "2", "name"), "esp") &&
		str_is(fact_of(&all, "2", "flags"), "0x0"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "disk GUID"),
		"abcdef01-0000-0000-0000-000000000000"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "checksums"), "hold"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "backup table"), "as the primary table"));
}

/* What is wrong is said, and the rest read. */
static void damaged(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = disk_of();
	struct diff_members all = { 0 };
	struct err e = { 0 };

	b.p[1024 + 40 + 4] = 1; /* the last sector of the first partition */
	CHECK_OK(read_of(&all, &b, a, &e), e);
	CHECK(str_is(all.list[0].not_read, "not within the disk") && !all.list[0].n_extents);
	CHECK(str_is(
		members_fact(all.facts, all.n_facts, "checksums"), "the entries' does not hold"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "backup table"),
		"other than the primary table"));
	b.p[512 + 32]++; /* the backup's sector */
	CHECK_OK(read_of(&all, &b, a, &e), e);
	CHECK(str_is(members_fact(all.facts, all.n_facts, "backup table"), "missing"));
	CHECK(str_is(
		members_fact(all.facts, all.n_facts, "checksums"), "the header's does not hold"));
	b.p[512 + 80] = 0; /* number of entries: none, so that the MBR counts */
	CHECK_OK(read_of(&all, &b, a, &e), e);
	CHECK(all.n == 1 && str_is(fact_of(&all, "1", "type"), "0xee"));
	b.p[510] = 0;
	CHECK_ERR(read_of(&all, &b, a, &e), e, ERR_FORMAT);
}

/* A primary partition, and two logical ones in an extended one. */
static void mbr(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct diff_members all = { 0 };
	struct err e = { 0 };

	buf_fill(&b, 0, 512 * 100);
	b.p[3] = 'G';
	b.p[446] = 0x80;
	volumes_made_partition(&b, 0, 0, 0x83, 10, 10);
	volumes_made_partition(&b, 0, 2, 0x05, 40, 60);
	volumes_made_partition(&b, 40, 0, 0x83, 5, 7);
	volumes_made_partition(&b, 40, 1, 0x05, 20, 10);
	volumes_made_partition(&b, 60, 0, 0x82, 1, 9);
	CHECK_OK(read_of(&all, &b, a, &e), e);
	CHECK(all.n == 4);
	CHECK(str_is(fact_of(&all, "1", "flags"), "bootable"));
	CHECK(members_find(&all, "1")->extents->at == 5120 &&
		members_find(&all, "1")->size == 5120);
	CHECK(str_is(members_find(&all, "3")->not_read, "extended partition"));
	CHECK(members_find(&all, "5")->extents->at == 45 * 512);
	CHECK(members_find(&all, "6")->extents->at == 61 * 512);
	CHECK(str_is(fact_of(&all, "6", "type"), "0x82"));
	CHECK(members_fact(all.facts, all.n_facts, "boot code").n == 440);
	volumes_made_partition(&b, 60, 1, 0x05, 0, 10); /* back to the first: a loop */
	CHECK_ERR(read_of(&all, &b, a, &e), e, ERR_LIMIT);
	volumes_made_partition(&b, 60, 1, 0x05, UINT32_MAX, 10);
	CHECK_ERR(read_of(&all, &b, a, &e), e, ERR_FORMAT);
}

int main(void)
{
	ours();
	damaged();
	mbr();
	return test_end();
}
