#include "lock/lock.h"

#include "test.h"

/* STR as a constant initialiser. */
#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct lock_suite suites[] = {
	{ S("debian"), S("trixie"), S("trixie"), { 1 }, 140420, 1795252544,
		S("B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8") },
	{ S("debian-security"), S("trixie-security"), S("trixie-security"), { 2 }, 43000,
		1795252000, S("B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8") },
};

static const struct lock_index indexes[] = {
	{ 0, S("main"), S("main/binary-amd64/Packages.xz"), 9000000, { 3 } },
	{ 1, S("main"), S("main/binary-amd64/Packages.xz"), 90000, { 4 } },
};

static const struct lock_package packages[] = {
	{ S("base-files"), S("13.8+deb13u2"), S("amd64"), S("pool/main/b/base-files.deb"), 73000,
		{ 5 }, S("base-files"), S("13.8+deb13u2"), 0, S("essential") },
	{ S("libc6"), S("2.41-12"), S("amd64"), S("pool/main/g/libc6.deb"), 2800000, { 6 },
		S("glibc"), S("2.41-12"), 0, S("dependency of base-files") },
	{ S("ovmf"), S("2025.02-8"), S("all"), S("pool/main/e/ovmf.deb"), 100, { 7 }, S("edk2"),
		S("2025.02-8"), 1, S("seed") },
};

static const uint32_t image_members[] = { 0, 1 }, firmware_members[] = { 2 };

static const struct lock_set sets[] = {
	{ S("firmware"), firmware_members, 1 },
	{ S("image"), image_members, 2 },
};

static const struct str left_out[] = { S("debconf"), S("klibc-utils") };

static const struct lock sample = { .image_version = LOCK_IMAGE_VERSION,
	.architecture = S("amd64"),
	.resolution_sha256 = { 9 },
	.source_date_epoch = 1795252544,
	.suites = suites,
	.n_suites = 2,
	.indexes = indexes,
	.n_indexes = 2,
	.packages = packages,
	.n_packages = 3,
	.sets = sets,
	.n_sets = 2,
	.left_out = { left_out, 2 } };

static const struct lock_index source_indexes[] = {
	{ 0, S("main"), S("main/source/Sources.xz"), 10000000, { 10 } },
	{ 1, S("main"), S("main/source/Sources.xz"), 100000, { 11 } },
};

static const struct lock_file hello_files[] = {
	{ S("hello_2.10-5.debian.tar.xz"), 13112, { 12 } },
	{ S("hello_2.10.orig.tar.gz"), 725946, { 13 } },
};
static const struct lock_file small_files[] = { { S("small_1~rc1.tar.xz"), 700, { 14 } } };

static const struct lock_source sources[] = {
	{ S("hello"), S("2.10-5"), S("3.0 (quilt)"), S("pool/main/h/hello"), 0, hello_files, 2 },
	{ S("small"), S("1:1~rc1"), S("3.0 (native)"), S("pool/main/s/small"), 1, small_files, 1 },
};

static void emit(const struct lock *l, struct buf *b)
{
	lock_emit(l, b);
	CHECK(buf_ok(b));
}

static struct lock with_sources(void)
{
	struct lock l = sample;

	l.source_indexes = source_indexes;
	l.n_source_indexes = 2;
	l.sources = sources;
	l.n_sources = 2;
	return l;
}

/* Without sources nothing of them stands in a lock; with them they come back as they were. */
static void source_packages(void)
{
	const struct lock written = with_sources();
	CLEANUP(buf_done) struct buf without = buf_init(1 << 20), text = buf_init(1 << 20);
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	const struct source_request any = { .name = STR("hello") },
				    one = { .name = STR("hello"), .version = STR("2.10-5") },
				    other = { .name = STR("hello"), .version = STR("2.10-6") };
	struct lock l = { 0 };
	struct err e = { 0 };

	emit(&sample, &without);
	CHECK(!memmem(without.p, without.n, "\"source-indexes\"", 16) &&
		!memmem(without.p, without.n, "\"sources\"", 9));
	emit(&written, &text);
	CHECK_OK(lock_parse(&l, buf_span(&text), a, &e), e);
	CHECK(l.n_source_indexes == 2 && l.n_sources == 2 && l.sources[1].index == 1);
	CHECK(l.sources[0].n_files == 2 && l.sources[0].files[1].size == 725946);
	CHECK(lock_source_find(&l, &any) == l.sources && lock_source_find(&l, &one) == l.sources);
	CHECK(!lock_source_find(&l, &other));
	CHECK(str_is(lock_source_path(l.sources, l.sources[0].files, a),
		"pool/main/h/hello/hello_2.10-5.debian.tar.xz"));
	for (size_t n = 0; n < text.n; n++)
		CHECK(!lock_parse(&l, span_make(text.p, n), a, &e));
}

/* Each is one change of the lock with sources. */
static void bad_sources(void)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{ "\"name\": \"hello\"", "\"name\": \"Hello\"", "no name of a source package" },
		{ "\"name\": \"hello\"", "\"name\": \"zz\"", "out of order: source package" },
		{ "\"version\": \"2.10-5\"", "\"version\": \"x\"", "" },
		{ "3.0 (quilt)", "3.0 (custom)", "a format that cannot be built from" },
		{ "pool/main/h/hello", "pool/../../h", "'.' or '..' component" },
		{ "hello_2.10.orig.tar.gz", "../hello.tar.gz", "no name of a file" },
		{ "hello_2.10.orig.tar.gz", "a", "out of order: file" },
		{ "\"index\": 1,\n      \"files\"", "\"index\": 2,\n      \"files\"", "index" },
		{ "\"index\": 1,\n      \"files\"", "\"index\": 0,\n      \"files\"",
			"no source package is from source index 1" },
		{ "\"source-indexes\"", "\"source-indices\"", "has no member 'source-indices'" },
		{ "\"size\": 725946", "\"size\": 0725946", "" },
	};
	const struct lock written = with_sources();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf text = buf_init(1 << 20), changed = buf_init(1 << 20);
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		struct lock l;
		struct err e = { 0 };
		uint8_t *at;
		bool ok;

		emit(&written, &text);
		at = memmem(text.p, text.n, cases[i].from, strlen(cases[i].from));
		CHECK(at != NULL);
		if (!at)
			continue;
		buf_add(&changed, text.p, (size_t)(at - text.p));
		buf_add_cstr(&changed, cases[i].to);
		at += strlen(cases[i].from);
		buf_add(&changed, at, text.n - (size_t)(at - text.p));
		ok = lock_parse(&l, buf_span(&changed), a, &e);
		test_report(!ok && strstr(e.text, cases[i].says), __FILE__, (int)i,
			ok ? "taken" : e.text);
	}
}

static void round_trip(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	CLEANUP(buf_done) struct buf again = buf_init(1 << 20);
	struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };
	struct lock l = { 0 };

	emit(&sample, &text);
	CHECK_OK(lock_parse(&l, buf_span(&text), a, &e), e);
	emit(&l, &again);
	CHECK(span_equal(buf_span(&text), buf_span(&again)));
	CHECK(l.n_sets == 2 && lock_set_find(&l, "image")->n == 2);
	CHECK(lock_set_find(&l, "firmware")->packages[0] == 2 && !lock_set_find(&l, "x"));
	CHECK(lock_package_find(&l, STR("libc6")) == &l.packages[1]);
	CHECK(!lock_package_find(&l, STR("libc5")) && !lock_package_find(&l, STR("zlib")));
	/* No prefix of it is a lock. */
	for (size_t n = 0; n < text.n; n++)
		CHECK(!lock_parse(&l, span_make(text.p, n), a, &e));
	arena_free(a);
}

/* Replaces the first occurrence of `from` in the sample's text and parses it. */
static bool parse_changed(const char *from, const char *to, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	CLEANUP(buf_done) struct buf changed = buf_init(1 << 20);
	const char *hit;
	struct lock l;

	lock_emit(&sample, &text);
	buf_u8(&text, 0);
	hit = strstr((const char *)text.p, from);
	if (!hit)
		return !err_set(e, ERR_INTERNAL, "the sample has no '%s'", from);
	buf_add(&changed, text.p, (size_t)(hit - (const char *)text.p));
	buf_add_cstr(&changed, to);
	buf_add_cstr(&changed, hit + strlen(from));
	return lock_parse(&l, buf_span(&changed), a, e);
}

static void refuses(void)
{
	static const struct {
		const char *from, *to, *says;
	} bad[] = {
		{ "lock/1", "lock/2", "format is" },
		{ "\"image-version\": 1", "\"image-version\": 2", "image version 2" },
		{ "\"architecture\": \"amd64\"", "\"architecture\": \"arm64\"",
			"unknown architecture" },
		{ "\"resolution\": \"09", "\"resolution\": \"0", "64 lower-case hex" },
		{ "\"debian\"", "\"zzz\"", "out of order: suite" },
		{ "\"debian\"", "\"Debian\"", "no name" },
		{ "\"B8", "\"b8", "no fingerprint" },
		{ "\"date\": 1795252544", "\"date\": -1", "integer" },
		{ "\"suite\": 0", "\"suite\": 2", "integer of 0 to 1" },
		{ "\"suite\": 1", "\"suite\": 0", "out of order: index" },
		{ "\"main/binary", "\"../binary", "component" },
		{ "\"debconf\"", "\"zzz\"", "out of order: 'klibc-utils'" },
		{ "\"base-files\"", "\"m\"", "out of order: package" },
		{ "\"base-files\"", "\"../x\"", "no name of a package" },
		{ "\"2.41-12\"", "\"2 41\"", "no version" },
		{ "\"pool/main/b", "\"/pool/main/b", "path" },
		{ "\"pool/main/b", "\"pool/../b", "path" },
		{ "\"all\"", "\"i386\"", "another architecture" },
		{ "\"essential\"", "\"fun\"", "no reason" },
		{ "dependency of base-files", "dependency of ", "no reason" },
		{ "\"index\": 0", "\"index\": 9", "integer" },
		{ "\"size\": 73000", "\"size\": 73000.0", "integer" },
		{ "\"size\": 73000", "\"size\": 99999999999999", "integer" },
		{ "\"firmware\"", "\"other\"", "no name of a set" },
		{ "\"firmware\"", "\"firmware\",\n        \"firmware\"", "set named twice" },
		{ "[\n        \"firmware\"\n      ]", "[]", "in no set" },
		{ "  \"format\"", " \"format\"", "canonical" },
		{ "}\n", "}\n\n", "canonical" },
		{ "\"suites\": [", "\"extra\": 1,\n  \"suites\": [", "no member 'extra'" },
		{ "\"why\": \"seed\",\n", "", "'why' is missing" },
	};
	struct arena *a = arena_new(8 << 20);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		bool ok = parse_changed(bad[i].from, bad[i].to, a, &e);

		test_report(!ok && e.kind == ERR_FORMAT && strstr(e.text, bad[i].says), __FILE__,
			__LINE__, ok ? bad[i].to : e.text);
	}
	arena_free(a);
}

#define HEAD "format: assay/1\nname: hello\n"
#define SUITE_A "- {archive: debian, suite: trixie, components: [main, contrib]}\n"
#define SUITE_B "- {archive: debian-security, suite: trixie-security, components: [main]}\n"

static void digest_of_text(const char *text, uint8_t out[static SHA256_SIZE])
{
	struct arena *a = arena_new(1 << 20);
	struct err e = { 0 };
	struct description d = { 0 };

	CHECK_OK(description_parse(&d, STR("."), str_span(str_of(text)), a, &e), e);
	lock_resolution_digest(&d, out);
	arena_free(a);
}

/* Order and what has no part in the resolution do not count; everything else does. */
static void freshness(void)
{
	static const struct {
		const char *text;
		bool same;
	} cases[] = {
		{ HEAD "suites:\n" SUITE_B SUITE_A "packages: [b, a]\nleave-out: [y, x]\n"
		       "image: {hostname: other}\n",
			true },
		{ HEAD "suites:\n" SUITE_A SUITE_B "packages: [a, b, c]\nleave-out: [x, y]\n",
			false },
		{ HEAD "suites:\n" SUITE_A SUITE_B "packages: [a, b]\nleave-out: [x]\n", false },
		{ HEAD "suites:\n" SUITE_A "packages: [a, b]\nleave-out: [x, y]\n", false },
		{ HEAD "source-date-epoch: 5\nsuites:\n" SUITE_A SUITE_B
		       "packages: [a, b]\nleave-out: [x, y]\n",
			false },
		{ HEAD "suites:\n" SUITE_A SUITE_B "packages: [a, b]\nleave-out: [x, y]\n"
		       "toolchains: {c: [gcc]}\n",
			false },
		{ HEAD "suites:\n" SUITE_A SUITE_B "packages: [a, b]\nleave-out: [x, y]\n"
		       "firmware: {packages: [ovmf], code: a, vars: b}\n",
			false },
	};
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE];

	digest_of_text(
		HEAD "suites:\n" SUITE_A SUITE_B "packages: [a, b]\nleave-out: [x, y]\n", want);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		digest_of_text(cases[i].text, got);
		test_report((memcmp(want, got, sizeof want) == 0) == cases[i].same, __FILE__,
			__LINE__, cases[i].text);
	}
}

static void stale(void)
{
	struct arena *a = arena_new(1 << 20);
	struct description d = { 0 };
	struct lock l = sample;
	struct err e = { 0 };

	CHECK_OK(description_parse(&d, STR("."),
			 str_span(STR(HEAD "suites:\n" SUITE_A "packages: [a]\n")), a, &e),
		e);
	CHECK_ERR(lock_check_fresh(&l, &d, &e), e, ERR_MISMATCH);
	lock_resolution_digest(&d, l.resolution_sha256);
	CHECK_OK(lock_check_fresh(&l, &d, &e), e);
	arena_free(a);
}

int main(void)
{
	round_trip();
	source_packages();
	bad_sources();
	refuses();
	freshness();
	stale();
	return test_end();
}
