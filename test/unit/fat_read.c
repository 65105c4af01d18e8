#include "diff/fat_read.h"

#include "base/buf.h"
#include "image/fat.h"
#include "image/stream.h"
#include "members_check.h"
#include "test.h"

enum { IMAGE_MAX = 64 << 20, TIME = 1700000000 };

static uint8_t bytes[100000 + 16];

static const struct {
	const char *path, *alias;
	size_t size;
} files[] = {
	{ "EFI/BOOT/BOOTX64.EFI", NULL, 100000 },
	{ "EFI/Linux/a long name with blanks.efi", "ALONGN~1EFI", 5000 },
	{ "EFI/Linux/a long name with more.efi", "ALONGN~2EFI", 0 },
	{ "loader/loader.conf", "LOADER~1CON", 1 },
	{ "loader/entries.d/thirteen chars.and some more that need several slots", NULL, 512 },
	{ "README", NULL, 513 },
};

static struct buf image_of(void)
{
	struct fat_options o = { .volume_id = 0x1234abcd, .time_unix = TIME, .label = "MY-ESP" };
	struct fat_file list[ARRAY_LEN(files)];
	struct content_memory memory[ARRAY_LEN(files)];
	struct buf b = buf_init(IMAGE_MAX);
	CLEANUP(fat_freep) struct fat *f = NULL;
	struct stream_buf to;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		list[i].path = str_of(files[i].path);
		content_of_memory(
			&list[i].content, &memory[i], span_make(bytes + i, files[i].size));
	}
	stream_buf_init(&to, &b, "image");
	CHECK_OK(fat_plan(&f, list, ARRAY_LEN(list), &o, &e) && fat_emit(f, &to.sink, &e), e);
	return b;
}

static void ours(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = image_of();
	struct diff_bytes src = diff_bytes_of(buf_span(&b));
	struct diff_members all = { 0 };
	struct err e = { 0 };

	CHECK_OK(fat_read(&all, &src, a, &e), e);
	CHECK(all.n == 6 + 6 && all.end == b.n); /* the root, five folders */
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct diff_member *m = members_find(&all, files[i].path);
		struct str alias = m ? members_fact(m->facts, m->n_facts, "alias") : STR("");

		CHECK(m && m->kind == DIFF_MEMBER_FILE && m->mtime_unix == TIME);
		CHECK(m && members_holds(&src, m, span_make(bytes + i, files[i].size)));
		CHECK(!files[i].alias || str_is(alias, files[i].alias));
	}
	CHECK(members_find(&all, "EFI/BOOT")->kind == DIFF_MEMBER_FOLDER);
	CHECK(str_is(members_fact(all.facts, all.n_facts, "volume id"), "1234-ABCD"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "label"), "MY-ESP"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "label of the root"), "MY-ESP"));
	CHECK(str_is(members_fact(all.facts, all.n_facts, "type"), "FAT32"));
}

/* One field changed: refused, and *ret untouched. */
static void refuses(struct buf *b, size_t at, size_t n, uint32_t v)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct diff_bytes src = diff_bytes_of(buf_span(b));
	struct diff_members all = { 0 };
	struct err e = { 0 };
	uint8_t was[4], now[4];

	put_u32le(now, v);
	memcpy(was, b->p + at, n);
	memcpy(b->p + at, now, n);
	CHECK_ERR(fat_read(&all, &src, a, &e), e, ERR_FORMAT);
	CHECK(!all.list);
	memcpy(b->p + at, was, n);
}

static uint32_t u32_at(const struct buf *b, size_t at)
{
	return b->p[at] | (uint32_t)b->p[at + 1] << 8 | (uint32_t)b->p[at + 2] << 16 |
	       (uint32_t)b->p[at + 3] << 24;
}

static void hostile(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = image_of();
	struct diff_bytes src = diff_bytes_of(buf_span(&b));
	struct diff_members all = { 0 };
	const struct diff_member *file, *folder, *other;
	size_t fat_at = 512u * (b.p[14] | (size_t)b.p[15] << 8);
	uint32_t cluster;
	struct err e = { 0 };

	CHECK_OK(fat_read(&all, &src, a, &e), e);
	file = members_find(&all, "EFI/BOOT/BOOTX64.EFI");
	folder = members_find(&all, "EFI/BOOT");
	other = members_find(&all, "README");
	cluster = b.p[file->at + 26] | (uint32_t)b.p[file->at + 27] << 8;
	refuses(&b, 0, 1, 0);                          /* jump */
	refuses(&b, 11, 2, 0);                         /* size of a sector */
	refuses(&b, 13, 1, 3);                         /* sectors of a cluster */
	refuses(&b, 14, 2, 0);                         /* reserved sectors */
	refuses(&b, 16, 1, 0);                         /* tables */
	refuses(&b, 32, 4, UINT32_MAX);                /* sectors */
	refuses(&b, 36, 4, UINT32_MAX);                /* sectors of a table */
	refuses(&b, 44, 4, 0x0ffffff0);                /* the root */
	refuses(&b, file->at + 28, 4, 1 << 20);        /* more than its chain */
	refuses(&b, file->at + 26, 2, 0xffff);         /* a cluster that is not there */
	refuses(&b, other->at + 26, 2, cluster);       /* a cluster of two files */
	refuses(&b, fat_at + 4 * cluster, 4, cluster); /* a loop */
	refuses(&b, fat_at + 4 * cluster, 4, 0);
	/* A folder that is its parent. */
	refuses(&b, folder->at + 26, 2, u32_at(&b, 44));
	/* A name with a slash in it. */
	refuses(&b, other->at, 1, '/');
}

int main(void)
{
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * i / 7 + i);
	ours();
	hostile();
	return test_end();
}
