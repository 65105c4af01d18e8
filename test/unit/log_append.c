/* A log that grows entry by entry holds, at each size, the files of one that was made in one go. */
#include "log/log_append.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "log/log_reader.h"
#include "log_made.h"

static void expect_root(const struct log_folder *l, uint64_t size)
{
	struct merkle_hash want = made_root(0, size);
	struct checkpoint c;
	struct span note;
	struct err e = { 0 };

	CHECK_OK(log_folder_checkpoint(&c, &note, l, &e), e);
	CHECK(c.size == size && merkle_equal(&c.root, &want));
}

static struct buf tile_of(const struct log_source *s, const struct tlog_tile *t)
{
	char path[TLOG_TILE_PATH_MAX];
	struct err e = { 0 };
	struct buf b = { 0 };

	CHECK_OK(tlog_tile_path(path, t, &e), e);
	CHECK_OK(log_source_read(s, path, TLOG_TILE_ENTRIES_SIZE_MAX, &b, &e), e);
	return b;
}

/* All tiles that a log of that size has are byte for byte the same in both. */
static void same_tiles(const char *a, const char *b, uint64_t size)
{
	struct log_source sa, sb;
	struct err e = { 0 };
	size_t n = 0;

	CHECK_OK(log_source_open(&sa, in_top(a), &e), e);
	CHECK_OK(log_source_open(&sb, in_top(b), &e), e);
	for (int level = TLOG_TILE_ENTRIES; level < TLOG_TILE_LEVELS; level++)
		for (uint64_t at = 0; tlog_tile_width(level, at, size); at++, n++) {
			struct tlog_tile t = { level, at, tlog_tile_width(level, at, size) };
			CLEANUP(buf_done) struct buf x = tile_of(&sa, &t);
			CLEANUP(buf_done) struct buf y = tile_of(&sb, &t);

			CHECK(x.n && span_equal(buf_span(&x), buf_span(&y)));
		}
	CHECK(size == 0 ? n == 0 : n >= 2);
	log_source_done(&sa);
	log_source_done(&sb);
}

/* One entry at a time, in pieces, and at once. */
static void grows(void)
{
	static const uint64_t sizes[] = { 1, 2, 3, 255, 256, 257, 300 };
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("by-one");
	struct err e = { 0 };
	char name[32];

	expect_root(l, 0);
	for (uint64_t i = 0, k = 0; i < 300; i++) {
		CHECK_OK(append(l, i, i + 1, &e), e);
		expect_root(l, i + 1);
		if (i + 1 != sizes[k])
			continue;
		snprintf(name, sizeof name, "at-once-%llu", (unsigned long long)sizes[k++]);
		CLEANUP(log_folder_freep) struct log_folder *other = make_log(name);
		CHECK_OK(append(other, 0, i + 1, &e), e);
		same_tiles("by-one", name, i + 1);
	}
}

/* Over the edge of a tile of level 1: 65536 entries and more, in steps that begin and end anywhere. */
static void grows_large(void)
{
	static const uint64_t ends[] = { 65000, 65535, 65536, 65537, 66100 };
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("large");
	CLEANUP(log_folder_freep) struct log_folder *other = make_log("large-at-once");
	struct err e = { 0 };
	uint64_t from = 0;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		CHECK_OK(append(l, from, ends[i], &e), e);
		expect_root(l, ends[i]);
		from = ends[i];
	}
	CHECK_OK(append(other, 0, from, &e), e);
	same_tiles("large", "large-at-once", from);
}

/* Entries come back, also to one whose size is older and whose partial tiles are gone. */
static void reads(void)
{
	static const uint64_t sizes[] = { 66100, 65537, 300, 7 };
	struct log_source s;
	struct err e = { 0 };

	CHECK_OK(log_source_open(&s, in_top("large"), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		CLEANUP(log_reader_freep) struct log_reader *r = log_reader_new(&s, sizes[i]);
		uint64_t last = (sizes[i] - 1) / TLOG_TILE_WIDTH, at = sizes[i] - 1;
		struct merkle_hash root, want = made_root(0, sizes[i]), leaf;
		const struct merkle_hash *leaves;
		uint8_t room[MADE_ENTRY_MAX];
		struct log_entries t = { 0 };
		struct span entry;
		unsigned n = 0;

		CHECK_OK(merkle_root(&root, sizes[i], log_reader_hash, r, &e), e);
		CHECK(merkle_equal(&root, &want));
		CHECK_OK(log_reader_entries(&t, r, last, &e), e);
		CHECK_OK(log_entries_get(&entry, &t, (unsigned)(at % 256), &e), e);
		CHECK(span_equal(entry, made_entry(room, at)));
		leaf = merkle_leaf(entry);
		log_entries_done(&t);
		CHECK_OK(log_reader_leaves(&leaves, &n, r, last, &e), e);
		CHECK(n == at % 256 + 1 && merkle_equal(&leaves[n - 1], &leaf));
		CHECK_ERR(log_reader_leaves(&leaves, &n, r, last + 1, &e), e, ERR_USAGE);
	}
	log_source_done(&s);
}

/* No partial tile is left where the full one is, and nothing of .log is on its way. */
static void tidy(void)
{
	struct stat st;

	CHECK(stat(in_top("by-one/tile/0/000"), &st) == 0);
	CHECK(stat(in_top("by-one/tile/0/000.p"), &st) < 0);
	CHECK(stat(in_top("by-one/tile/entries/000.p"), &st) < 0);
	CHECK(stat(in_top("by-one/tile/0/001.p/43"), &st) == 0);
	CHECK(stat(in_top("by-one/.log/part"), &st) < 0);
	CHECK(stat(in_top("by-one/.log"), &st) == 0 && (st.st_mode & 077) == 0);
}

static void limits(void)
{
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("limits");
	CLEANUP(mem_free) uint8_t *large = mem_alloc(TLOG_TILE_ENTRY_MAX + 1);
	struct log_append *a = NULL;
	struct err e = { 0 };
	uint64_t at;

	CHECK_OK(log_append_begin(&a, l, log_key, &e), e);
	CHECK_OK(log_append_entry(a, span_make(large, TLOG_TILE_ENTRY_MAX), &at, &e), e);
	CHECK_ERR(log_append_entry(a, span_make(large, TLOG_TILE_ENTRY_MAX + 1), &at, &e), e,
		ERR_LIMIT);
	CHECK_ERR(log_append_entry(a, span_make(large, 1), &at, &e), e, ERR_USAGE);
	CHECK_ERR(log_append_end(a, &e), e, ERR_USAGE);
	log_append_free(a);
	expect_root(l, 0);
	/* Nothing came: the checkpoint stays. */
	CHECK_OK(append(l, 0, 0, &e), e);
	expect_root(l, 0);
}

int main(void)
{
	log_made_begin("log-append");
	grows();
	grows_large();
	reads();
	tidy();
	limits();
	return log_made_end();
}
