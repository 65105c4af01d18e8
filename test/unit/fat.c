#include "image/fat.h"

#include "image/stream.h"
#include "test.h"

enum { VOLUME_MAX = 64 << 20 };

static struct fat_file file(const char *path)
{
	return (struct fat_file){ .path = str_of(path) };
}

static void paths(void)
{
	static const struct {
		const char *a, *b;
		enum err_kind want;
	} cases[] = {
		{ "EFI/a", "EFI/b", ERR_NONE },
		{ "", "b", ERR_FORMAT },
		{ "/a", "b", ERR_FORMAT },
		{ "a/", "b", ERR_FORMAT },
		{ "a//c", "b", ERR_FORMAT },
		{ ".", "b", ERR_FORMAT },
		{ "a/..", "b", ERR_FORMAT },
		{ "a.", "b", ERR_FORMAT },
		{ "a ", "b", ERR_FORMAT },
		{ "a:b", "b", ERR_FORMAT },
		{ "a*", "b", ERR_FORMAT },
		{ "a\\b", "b", ERR_FORMAT },
		{ "\xc3\xa4", "b", ERR_FORMAT },
		{ "a\x7f", "b", ERR_FORMAT },
		{ "a\n", "b", ERR_FORMAT },
		{ "a", "a", ERR_FORMAT },
		{ "a", "A", ERR_FORMAT },
		{ "efi/a", "EFI/b", ERR_FORMAT },
		{ "a", "a/b", ERR_FORMAT },
		{ "a/b", "A", ERR_FORMAT },
		{ "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "b", ERR_NONE },
		{ "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "b", ERR_LIMIT },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fat_file files[] = { file(cases[i].a), file(cases[i].b) };
		CLEANUP(fat_freep) struct fat *f = NULL;
		struct fat_options o = { 0 };
		struct err e = { 0 };
		bool ok = fat_plan(&f, files, 2, &o, &e);

		CHECK(ok == (cases[i].want == ERR_NONE) && e.kind == cases[i].want);
	}
}

static void sizes(void)
{
	static const struct {
		uint64_t size, content;
		enum err_kind want;
	} cases[] = {
		{ 0, 0, ERR_NONE },
		{ 34 << 20, 0, ERR_NONE },
		{ 64 << 20, 40 << 20, ERR_NONE },
		{ 0, 300 << 20, ERR_NONE },
		{ 1 << 20, 0, ERR_LIMIT },
		{ 32 << 20, 0, ERR_LIMIT },
		{ 64 << 20, 64 << 20, ERR_LIMIT },
		{ (34 << 20) + 512, 0, ERR_FORMAT },
		{ 0, UINT64_C(1) << 32, ERR_LIMIT },
		{ FAT_SIZE_MAX + (1 << 20), 0, ERR_LIMIT },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fat_file f1 = { STR("a"), { .size = cases[i].content } };
		CLEANUP(fat_freep) struct fat *f = NULL;
		struct fat_options o = { .size = cases[i].size };
		struct err e = { 0 };
		bool ok = fat_plan(&f, &f1, 1, &o, &e);

		CHECK(ok == (cases[i].want == ERR_NONE) && e.kind == cases[i].want);
		CHECK(!ok || (fat_size(f) >= cases[i].content && fat_size(f) % (1 << 20) == 0));
		CHECK(!ok || !cases[i].size || fat_size(f) == cases[i].size);
	}
}

/* Content sizes on both sides of where one more cluster, FAT sector or MiB is needed. */
static void borders(void)
{
	for (uint64_t size = 33 << 20; size < 36 << 20; size += 511 * 64) {
		struct fat_file f1 = { STR("a"), { .size = size } };
		CLEANUP(fat_freep) struct fat *f = NULL;
		struct fat_options o = { 0 };
		struct err e = { 0 };

		CHECK_OK(fat_plan(&f, &f1, 1, &o, &e), e);
		CHECK(f && fat_size(f) > size);
	}
}

static void labels(void)
{
	static const char *const bad[] = { "", "esp", "TWELVE-CHARS", "A B", "\xc3\x84" };
	struct fat_file f1 = file("a");

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(fat_freep) struct fat *f = NULL;
		struct fat_options o = { .label = bad[i] };
		struct err e = { 0 };

		CHECK_ERR(fat_plan(&f, &f1, 1, &o, &e), e, ERR_FORMAT);
	}
}

/* Date and time of the label's entry, the first of the root folder. */
static void times(void)
{
	static const struct {
		int64_t unix_time;
		uint16_t day, clock;
	} cases[] = {
		{ INT64_MIN, 33, 0 },
		{ 0, 33, 0 },
		{ 315532800, 33, 0 },                        /* 1980-01-01 */
		{ 951782399, 20 << 9 | 2 << 5 | 28, 49021 }, /* 2000-02-28 23:59:59 */
		{ 951782400, 20 << 9 | 2 << 5 | 29, 0 },
		{ 1709251199, 44 << 9 | 2 << 5 | 29, 49021 }, /* 2024-02-29 23:59:59 */
		{ 1767225599, 45 << 9 | 12 << 5 | 31, 49021 },
		{ 4107542400, 120 << 9 | 3 << 5 | 1, 0 }, /* 2100 has no 29 February */
		{ INT64_MAX, 127 << 9 | 12 << 5 | 31, 49021 },
	};
	struct fat_file f1 = file("a");

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(VOLUME_MAX);
		CLEANUP(fat_freep) struct fat *f = NULL;
		struct fat_options o = { .time_unix = cases[i].unix_time };
		struct stream_buf to;
		struct err e = { 0 };
		size_t root;

		stream_buf_init(&to, &b, "volume");
		CHECK_OK(fat_plan(&f, &f1, 1, &o, &e) && fat_emit(f, &to.sink, &e), e);
		root = (b.p[14] + 2u * (b.p[36] + 256u * b.p[37])) * FAT_SECTOR;
		CHECK(memcmp(b.p + root, "ESP        ", 11) == 0);
		CHECK(b.p[root + 22] + 256 * b.p[root + 23] == cases[i].clock);
		CHECK(b.p[root + 24] + 256 * b.p[root + 25] == cases[i].day);
	}
}

int main(void)
{
	paths();
	sizes();
	borders();
	labels();
	times();
	return test_end();
}
