#include "deb/pack.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "deb/pack_index.h"
#include "deb/pack_sum.h"
#include "sys/file.h"
#include "make_deb.h"
#include "test.h"

static char root[] = "/tmp/assay-test-pack-XXXXXX";
static struct store *store;

static const struct tar_line small[] = {
	{ "./", '5', 0755, NULL, NULL },
	{ "./a", '0', 0644, "some text", NULL },
	{ "./b", '0', 0644, "", NULL },
	{ "./l", '2', 0777, NULL, "a" },
};

static void put(struct span deb, uint8_t sha256[static SHA256_SIZE])
{
	struct err e;

	CHECK_OK(store_put(store, deb, sha256, &e), e);
}

static void put_small(uint8_t sha256[static SHA256_SIZE])
{
	CLEANUP(buf_done) struct buf deb = make_deb(small, ARRAY_LEN(small), ".xz");

	put(buf_span(&deb), sha256);
}

static void place_of(char out[static 128], const uint8_t sha256[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, sha256, SHA256_SIZE);
	snprintf(out, 128, "packs/%s-%d", hex, PACK_VERSION);
}

/* Entries of a folder of the store. */
static size_t count(const char *path)
{
	char **names;
	struct err e;
	size_t n = 0;

	CHECK_OK(file_names(store_fd(store), path, &names, &n, &e), e);
	file_names_free(names, n);
	return n;
}

/* Files in the folder of this process below tmp/. */
static size_t count_temporary(void)
{
	char **names, path[64];
	struct err e;
	size_t n = 0, sum = 0;

	CHECK_OK(file_names(store_fd(store), "tmp", &names, &n, &e), e);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "tmp/%.50s", names[i]);
		sum += count(path);
	}
	file_names_free(names, n);
	return sum;
}

static void check_small(const struct pack *p)
{
	const struct pack_member *members;
	const struct node *nodes;
	char text[9];
	struct err e;
	size_t n;

	nodes = pack_nodes(p, &n);
	CHECK(n == 4 && str_is(nodes[1].path, "a") && nodes[1].content.size == sizeof text);
	CHECK_OK(content_read(&nodes[1].content, 0, text, sizeof text, &e), e);
	CHECK(!memcmp(text, "some text", sizeof text));
	CHECK_OK(content_read(&nodes[1].content, 5, text, 4, &e), e);
	CHECK(!memcmp(text, "text", 4));
	CHECK(nodes[2].content.size == 0 && !nodes[2].content.source);
	CHECK(pack_control(p, "control").n > 0 && !pack_control(p, "postinst").p);
	members = pack_control_members(p, &n);
	CHECK(n == 2 && str_is(members[1].name, "md5sums"));
}

static void opening(void)
{
	CLEANUP(pack_freep) struct pack *first = NULL;
	CLEANUP(pack_freep) struct pack *second = NULL;
	uint8_t sha256[SHA256_SIZE], missing[SHA256_SIZE] = { 1 };
	char place[128];
	struct stat before, after;
	struct err e = { 0 };

	put_small(sha256);
	CHECK_OK(pack_open(&first, store, sha256, STR("small"), &e), e);
	check_small(first);
	place_of(place, sha256);
	CHECK(fstatat(store_fd(store), place, &before, 0) == 0);
	CHECK_OK(pack_open(&second, store, sha256, STR("small"), &e), e);
	check_small(second);
	CHECK(fstatat(store_fd(store), place, &after, 0) == 0 && before.st_ino == after.st_ino);
	CHECK(count_temporary() == 0);
	CHECK_ERR(pack_open(&second, store, missing, STR("gone"), &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "'gone'"));
	pack_freep(&second);
}

/* Any byte of index or trailer changed, or the pack cut anywhere: seen, and made anew. */
static void mended(void)
{
	CLEANUP(buf_done) struct buf whole = { 0 };
	uint8_t sha256[SHA256_SIZE];
	char place[128];
	struct err e;
	size_t contents = 9;

	put_small(sha256);
	place_of(place, sha256);
	CHECK_OK(file_read(store_fd(store), place, 1 << 20, &whole, &e), e);
	for (size_t i = contents; i < 2 * whole.n; i += 7) {
		CLEANUP(pack_freep) struct pack *p = NULL;
		bool cut = i >= whole.n;

		if (cut)
			whole.n = i - whole.n;
		else
			whole.p[i] ^= 0x20;
		unlinkat(store_fd(store), place, 0);
		CHECK_OK(file_write(store_fd(store), place, buf_span(&whole), 0444, &e), e);
		CHECK_OK(pack_open(&p, store, sha256, STR("small"), &e), e);
		check_small(p);
		buf_done(&whole);
		CHECK_OK(file_read(store_fd(store), place, 1 << 20, &whole, &e), e);
	}
}

/* Changes one byte of the file at place, as a bad disk would. */
static void flip(const char *place, uint64_t at)
{
	uint8_t byte = 0;
	int fd;

	CHECK(fchmodat(store_fd(store), place, 0644, 0) == 0);
	fd = openat(store_fd(store), place, O_RDWR);
	CHECK(fd >= 0 && pread(fd, &byte, 1, (off_t)at) == 1);
	byte ^= 4;
	CHECK(pwrite(fd, &byte, 1, (off_t)at) == 1);
	close(fd);
	CHECK(fchmodat(store_fd(store), place, 0444, 0) == 0);
}

enum { BIG = 3000000 };

static void put_rotting(uint8_t sha256[static SHA256_SIZE])
{
	char *big = mem_alloc(BIG + 1);
	const struct tar_line lines[] = {
		{ "./", '5', 0755, NULL, NULL },
		{ "./a", '0', 0644, "some text", NULL },
		{ "./big", '0', 0644, big, NULL },
		{ "./c", '0', 0644, "more", NULL },
	};

	memset(big, 'b', BIG);
	CLEANUP(buf_done) struct buf deb = make_deb(lines, ARRAY_LEN(lines), ".xz");
	put(buf_span(&deb), sha256);
	free(big);
}

/* Contents rot in the cache: what is read is right all the same, since the package is unpacked anew. */
static void rotten(void)
{
	static const uint64_t places[] = { 0, 8, 9, 9 + BIG / 2, 9 + BIG - 1, 9 + BIG };
	CLEANUP(mem_free) uint8_t *bytes = mem_alloc(BIG);
	uint8_t sha256[SHA256_SIZE];
	char place[128];
	struct err e = { 0 };

	put_rotting(sha256);
	place_of(place, sha256);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		CLEANUP(pack_freep) struct pack *p = NULL;
		const struct node *nodes;
		size_t n;

		CHECK_OK(pack_open(&p, store, sha256, STR("rotting"), &e), e);
		nodes = pack_nodes(p, &n);
		CHECK_OK(pack_verify(store, place, &e), e);
		flip(place, places[i]);
		CHECK_ERR(pack_verify(store, place, &e), e, ERR_MISMATCH);
		/* The big one first in the middle, the others as a whole. */
		CHECK_OK(content_read(&nodes[2].content, 1000, bytes, 7, &e), e);
		CHECK_OK(content_read(&nodes[2].content, 0, bytes, BIG, &e), e);
		for (size_t k = 0; k < BIG; k++)
			if (bytes[k] != 'b') {
				CHECK(bytes[k] == 'b');
				break;
			}
		CHECK_OK(content_read(&nodes[1].content, 0, bytes, 9, &e), e);
		CHECK(!memcmp(bytes, "some text", 9));
		CHECK_OK(content_read(&nodes[3].content, 0, bytes, 4, &e), e);
		CHECK(!memcmp(bytes, "more", 4));
		CHECK_OK(pack_verify(store, place, &e), e);
	}
	CHECK(count_temporary() == 0);
}

/* And without the package there is nothing to unpack: an error, never wrong bytes. Nor is a pack that is gone read. */
static void rotten_for_good(void)
{
	CLEANUP(pack_freep) struct pack *p = NULL;
	uint8_t sha256[SHA256_SIZE], bytes[9];
	char place[128], hex[2 * SHA256_SIZE + 1], object[128];
	const struct node *nodes;
	struct err e = { 0 };
	size_t n;

	put_rotting(sha256);
	place_of(place, sha256);
	CHECK_OK(pack_open(&p, store, sha256, STR("rotting"), &e), e);
	nodes = pack_nodes(p, &n);
	CHECK(unlinkat(store_fd(store), place, 0) == 0);
	CHECK_OK(content_read(&nodes[1].content, 0, bytes, 9, &e), e);
	hex_write(hex, sha256, sizeof sha256);
	snprintf(object, sizeof object, "objects/%.2s/%s", hex, hex + 2);
	CHECK(unlinkat(store_fd(store), object, 0) == 0);
	flip(place, 9 + BIG);
	CHECK_ERR(content_read(&nodes[3].content, 0, bytes, 4, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "damaged pack"));
}

static void verify_names(void)
{
	static const char *const names[] = { "packs/x", "packs/", "packs/00-1" };
	uint8_t sha256[SHA256_SIZE], other[SHA256_SIZE] = { 3 };
	char place[128], wrong[128];
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK_ERR(pack_verify(store, names[i], &e), e, ERR_FORMAT);
	put_small(sha256);
	place_of(place, sha256);
	CHECK_OK(pack_verify(store, place, &e), e);
	snprintf(wrong, sizeof wrong, "%.*s-1", (int)(strlen(place) - 2), place);
	CHECK_ERR(pack_verify(store, wrong, &e), e, ERR_NOTFOUND);
	place_of(wrong, other);
	CHECK(renameat(store_fd(store), place, store_fd(store), wrong) == 0);
	CHECK_ERR(pack_verify(store, wrong, &e), e, ERR_MISMATCH);
	CHECK(unlinkat(store_fd(store), wrong, 0) == 0);
}

/* RFC 3720 B.4; and the instruction agrees with the table wherever a run begins and ends. */
static void sums(void)
{
	uint8_t bytes[100];

	memset(bytes, 0, 32);
	CHECK(pack_sum_portable(0, bytes, 32) == 0x8a9136aa &&
		pack_sum(0, bytes, 32) == 0x8a9136aa);
	memset(bytes, 0xff, 32);
	CHECK(pack_sum_portable(0, bytes, 32) == 0x62a8ab43 &&
		pack_sum(0, bytes, 32) == 0x62a8ab43);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)i;
	CHECK(pack_sum_portable(0, bytes, 32) == 0x46dd794e);
	for (size_t n = 0; n < sizeof bytes; n++) {
		uint32_t first = pack_sum(0, bytes, n);

		CHECK(first == pack_sum_portable(0, bytes, n));
		CHECK(pack_sum(first, bytes + n, sizeof bytes - n) ==
			pack_sum_portable(0, bytes, sizeof bytes));
	}
}

static void bad_package(void)
{
	static const struct tar_line lines[] = {
		{ "./a", '0', 0644, "some text", NULL },
		{ "./../b", '0', 0644, "", NULL },
	};
	CLEANUP(buf_done) struct buf deb = make_deb(lines, ARRAY_LEN(lines), ".xz");
	size_t packs = count("packs");
	uint8_t sha256[SHA256_SIZE];
	struct pack *p = NULL;
	struct err e;

	put(buf_span(&deb), sha256);
	CHECK_ERR(pack_open(&p, store, sha256, STR("evil 1.0"), &e), e, ERR_FORMAT);
	CHECK(!p && strstr(e.text, "evil 1.0") && strstr(e.text, "data.tar.xz") &&
		strstr(e.text, "./../b"));
	for (size_t n = 0; n < deb.n; n += 61) {
		put(span_make(deb.p, n), sha256);
		CHECK_ERR(pack_open(&p, store, sha256, STR("cut"), &e), e, ERR_FORMAT);
	}
	CHECK(count("packs") == packs && count_temporary() == 0);
}

/* The stored .deb is no longer what its name says. */
static void damaged_object(void)
{
	uint8_t sha256[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1], place[128];
	CLEANUP(buf_done) struct buf deb = make_deb(small, 2, ".xz");
	struct pack *p = NULL;
	struct err e;

	put(buf_span(&deb), sha256);
	hex_write(hex, sha256, sizeof sha256);
	snprintf(place, sizeof place, "objects/%.2s/%s", hex, hex + 2);
	unlinkat(store_fd(store), place, 0);
	deb.p[24]++; /* the time of the first member, which nothing else looks at */
	CHECK_OK(file_write(store_fd(store), place, buf_span(&deb), 0444, &e), e);
	CHECK_ERR(pack_open(&p, store, sha256, STR("small"), &e), e, ERR_MISMATCH);
	CHECK(!p && count_temporary() == 0);
}

enum { MANY = 40 };

static void many(void)
{
	uint8_t sha256[MANY][SHA256_SIZE];
	struct pack *packs[MANY] = { 0 };
	struct str names[MANY];
	struct err e;

	for (size_t i = 0; i < MANY; i++) {
		char *text = mem_alloc(i * 5000 + 2);
		const struct tar_line line = { "./f", '0', 0644, text, NULL };

		memset(text, 'x', i * 5000 + 1);
		CLEANUP(buf_done) struct buf deb = make_deb(&line, 1, i % 2 ? ".xz" : "");
		put(buf_span(&deb), sha256[i]);
		names[i] = STR("many");
		free(text);
	}
	/* One of them twice: both get it. */
	memcpy(sha256[7], sha256[8], SHA256_SIZE);
	CHECK_OK(
		pack_open_all(packs, MANY, store, (const uint8_t(*)[SHA256_SIZE])sha256, names, &e),
		e);
	for (size_t i = 0; i < MANY; i++) {
		size_t n;

		CHECK(pack_nodes(packs[i], &n)[0].content.size == (i == 7 ? 8 : i) * 5000 + 1);
		pack_freep(&packs[i]);
	}
	sha256[20][0] ^= 1;
	CHECK_ERR(
		pack_open_all(packs, MANY, store, (const uint8_t(*)[SHA256_SIZE])sha256, names, &e),
		e, ERR_NOTFOUND);
	CHECK(!packs[0]);
	CHECK_OK(pack_open_all(packs, 0, store, NULL, NULL, &e), e);
}

int main(void)
{
	struct err e;

	if (!mkdtemp(root))
		return 1;
	CHECK_OK(store_open(&store, root, &e), e);
	if (!store)
		return test_end();
	opening();
	mended();
	sums();
	rotten();
	rotten_for_good();
	verify_names();
	bad_package();
	damaged_object();
	many();
	store_free(store);
	CHECK_OK(file_remove_tree(AT_FDCWD, root, &e), e);
	return test_end();
}
