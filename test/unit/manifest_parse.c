#include "build/manifest_parse.h"

#include "build/manifest_shares.h"
#include "test.h"

enum { MEMORY = 16 << 20 };

#define H "\"sha256\": \"00000000000000000000000000000000000000000000000000000000000000aa\""
#define PART "{\"size\": 7, " H "}"
#define FROM(origin, class) "\"origin\": \"" origin "\", \"class\": \"" class "\"}"
#define BOOT(origin, class) "{\"size\": 7, " H ", " FROM(origin, class)

static const char whole[] =
	"{\"format\": \"assay.manifest/3\", \"name\": \"made\", \"image-version\": 1, \"source-date-epoch\": 9,"
	"\"inputs\": {\"description-sha256\": \"00000000000000000000000000000000000000000000000000000000000000cc\","
	" \"lock-sha256\": \"00000000000000000000000000000000000000000000000000000000000000dd\", \"packages\": [{\"name\": \"a\", \"version\": \"1\", \"source\": \"b\", \"source-version\": \"2\","
	" \"sets\": [\"image\", \"toolchain:c\"]}]},"
	"\"outputs\": {\"disk\": {\"size\": 100, " H ", \"root\": {\"size\": 60, \"root-hash\": "
	"\"00000000000000000000000000000000000000000000000000000000000000bb\"},"
	" \"root-verity\": {\"size\": 5}, \"esp\": " PART "},"
	"\"uki\": {\"size\": 30, " H ", \"stub\": " BOOT("package:s",
		"distribution") ", \"stub-version\": \"257\", \"kernel\": " BOOT("component:k",
		"source") ", \"kernel-path\": \"boot/k\", \"initrd\": " PART
			  ", \"command-line\": \"ro\"}},"
			  "\"firmware\": {\"version\": \"3\", \"code\": " BOOT(
				  "package:o", "reproduced") ", \"vars\": " BOOT("overlay:o",
				  "opaque") "},"
					    "\"users\": [{\"name\": \"root\", \"uid\": 0, \"gid\": 0, \"home\": \"/\", \"shell\": \"/bin/sh\", \"password\": "
					    "\"locked\"}],"
					    "\"units\": {\"default\": \"d\", \"enabled\": [{\"unit\": \"x\", \"by\": \"y\"}], \"pulled-in\": [], \"masked\": "
					    "[\"m\"]},"
					    "\"ports\": [\"80/tcp\"],"
					    "\"configured\": {\"changes\": [{\"path\": \"s\", \"change\": \"changed\", \"in\": [\"mode\"]},"
					    " {\"path\": \"t\", \"change\": \"removed\"}]},"
					    "\"initrd-files\": [{\"path\": \"init\", \"size\": 5, " H
					    ", " FROM("component:c",
						    "source") "],"
							      "\"root-files\": [{\"path\": \"p\", \"size\": 50, " H
							      ", " FROM("package:a",
								      "distribution") ","
										      "{\"path\": \"q\", \"size\": 1, " H
										      ", " FROM(
											      "package:b",
											      "reproduced") ","
													    "{\"path\": \"r\", \"size\": 1, " H
													    ", " FROM(
														    "package:a",
														    "distribution") "],"
																    "\"measured-bytes\": {\"source\": 14, \"reproduced\": 8, \"distribution\": 58, \"opaque\": 7}}";

static void all_of_it(void)
{
	struct arena *a = arena_new(MEMORY);
	struct manifest m;
	struct err e;

	CHECK_OK(manifest_parse(&m, str_span(str_of(whole)), a, &e), e);
	CHECK(str_is(m.name, "made") && m.source_date_epoch == 9);
	CHECK(m.description_sha256[31] == 0xcc && m.lock_sha256[31] == 0xdd);
	CHECK(m.n_packages == 1 && m.packages[0].sets.n == 2);
	CHECK(m.disk.size == 100 && m.root.size == 60 && m.root_hash[31] == 0xbb);
	CHECK(str_is(m.command_line, "ro") && m.disk.sha256[31] == 0xaa);
	CHECK(m.n_users == 1 && str_is(m.users[0].password, "locked"));
	CHECK(m.enabled.n == 1 && str_is(m.enabled.items[0].by, "y") && m.pulled_in.n == 0);
	CHECK(m.masked.n == 1 && m.ports.n == 1 && str_is(m.default_target, "d"));
	CHECK(m.configured && m.n_changes == 2 && str_is(m.changes[0].in.items[0], "mode"));
	CHECK(str_is(m.changes[1].change, "removed") && m.changes[1].in.n == 0);
	CHECK(m.measured.bytes[ORIGIN_SOURCE] == 14 && m.measured.bytes[ORIGIN_OPAQUE] == 7);
	CHECK(m.kernel.class == ORIGIN_SOURCE && str_is(m.kernel.origin, "component:k"));
	CHECK(m.code.class == ORIGIN_REPRODUCED &&
		m.root_files.items[0].class == ORIGIN_DISTRIBUTION);
	CHECK(m.initrd_files.n == 1 && m.root_files.n == 3 && m.root_files.items[0].size == 50);
	arena_free(a);
}

static void shares(void)
{
	struct arena *a = arena_new(MEMORY);
	struct manifest_share_list kinds, origins;
	struct manifest m;
	struct err e;

	CHECK_OK(manifest_parse(&m, str_span(str_of(whole)), a, &e), e);
	CHECK_OK(manifest_shares(&kinds, &m, MANIFEST_SHARES_BY_KIND, a, &e), e);
	CHECK(kinds.n == 2 && str_is(kinds.items[0].origin, "package") &&
		kinds.items[0].n_files == 3 && kinds.items[0].bytes == 52);
	CHECK_OK(manifest_shares(&origins, &m, MANIFEST_SHARES_BY_ORIGIN, a, &e), e);
	CHECK(origins.n == 3 && str_is(origins.items[0].origin, "package:a") &&
		origins.items[0].bytes == 51 && str_is(origins.items[1].origin, "component:c") &&
		str_is(origins.items[2].origin, "package:b"));
	arena_free(a);
}

/* No beginning of it is one, and no changed byte does harm. */
static void damaged(void)
{
	char text[sizeof whole];
	struct manifest m;
	struct err e;

	for (size_t n = 0; n < sizeof whole - 1; n++) {
		struct arena *a = arena_new(MEMORY);

		CHECK(!manifest_parse(&m, span_make(whole, n), a, &e) && e.kind == ERR_FORMAT);
		arena_free(a);
	}
	for (size_t i = 0; i < sizeof whole - 1; i++) {
		struct arena *a = arena_new(MEMORY);

		memcpy(text, whole, sizeof whole);
		text[i] ^= 0x10;
		if (!manifest_parse(&m, span_make(text, sizeof whole - 1), a, &e))
			CHECK(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
		arena_free(a);
	}
}

static const struct {
	const char *from, *to, *says;
} other[] = {
	{ "\"source\": 14", "\"source\": 15", "not the sums" },
	{ "\"class\": \"opaque\"", "\"class\": \"source\"", "not the sums" },
	{ "\"class\": \"opaque\"", "\"class\": \"nobody\"", "'nobody' is no class" },
	{ "\"size\": 50", "\"size\": 18446744073709551615", "not the sums" },
	{ "\"command-line\": \"ro\"", "\"command-line\": \"rw \"", "not the sums" },
	{ "\"measured-bytes\"", "\"counted-bytes\"", "'measured-bytes' is missing" },
};

/* Nobody's shares are better than what is listed. */
static void other_sums(void)
{
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(2 * sizeof whole);
		struct arena *a = arena_new(MEMORY);
		const char *at = strstr(whole, other[i].from);
		struct err e = { 0 };
		struct manifest m;
		bool ok;

		CHECK(at != NULL);
		buf_add(&b, whole, (size_t)(at - whole));
		buf_add_cstr(&b, other[i].to);
		buf_add_cstr(&b, at + strlen(other[i].from));
		ok = manifest_parse(&m, buf_span(&b), a, &e);
		test_report(!ok && e.kind == ERR_FORMAT && strstr(e.text, other[i].says), __FILE__,
			(int)i, ok ? "taken" : e.text);
		arena_free(a);
	}
}

static void another_version(void)
{
	struct arena *a = arena_new(MEMORY);
	char text[sizeof whole];
	struct manifest m;
	struct err e;

	memcpy(text, whole, sizeof whole);
	strstr(text, "manifest/")[9] = '1';
	CHECK_ERR(manifest_parse(&m, span_make(text, sizeof whole - 1), a, &e), e, ERR_FORMAT);
	arena_free(a);
}

int main(void)
{
	all_of_it();
	shares();
	damaged();
	other_sums();
	another_version();
	return test_end();
}
