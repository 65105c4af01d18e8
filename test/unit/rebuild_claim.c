/* The result of a rebuild, part by part: what each member may be, on both sides of its limits, and what memory it needs. */
#include "trust/rebuild_claim.h"

#include "base/buf.h"
#include "test.h"

enum { MEMORY = 64 << 20, TEXT_MAX = 4 << 20 };

#define D1 "1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "2222222222222222222222222222222222222222222222222222222222222222"
#define HEX40 "1010101010101010101010101010101010101010"
#define DIGESTS "\"description-sha256\":\"" D1 "\",\"lock-sha256\":\"" D2 "\","
#define PUBLISHED DIGESTS "\"published-manifest-sha256\":\"" D1 "\","
#define OUTPUT(name) "{\"name\":\"" name "\",\"sha256\":\"" D1 "\"}"
#define MANIFEST OUTPUT("manifest.json")
#define OUTPUTS "\"outputs\":[" MANIFEST "],"
#define NONE "\"outputs\":[],\"registers\":[]"
#define SAME "\"verdict\":\"identical\"," PUBLISHED
#define BUILT "\"verdict\":\"built\"," DIGESTS
#define FAILED "\"verdict\":\"failed\",\"failed-at\":\"lock\"," DIGESTS
#define DIFFERS(first) "\"verdict\":\"differs\",\"first-difference\":{" first "}," PUBLISHED
#define REGISTER(platform, reg) \
	"{\"platform\":\"" platform "\",\"register\":" reg ",\"sha1\":\"" HEX40 "\"}"

/* The predicate with this text as the members of its result. */
static struct buf predicate(const char *result, const char *by)
{
	struct buf b = buf_init(TEXT_MAX);

	buf_printf(&b, "{\"format\":\"" REBUILD_CLAIM_FORMAT "\",\"result\":{%s},\"by\":{%s}}",
		result, by);
	return b;
}

static bool parse_text(
	struct rebuild_claim *c, struct span text, struct arena *memory, struct err *e)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(MEMORY);
	struct json v;

	CHECK_OK(json_parse(&v, text, own, e), *e);
	return rebuild_claim_parse(c, &v, memory ? memory : own, e);
}

static bool parse(struct rebuild_claim *c, const char *result, const char *by, struct err *e)
{
	CLEANUP(buf_done) struct buf text = predicate(result, by);

	return parse_text(c, buf_span(&text), NULL, e);
}

static const struct {
	const char *result;
	const char *says; /* NULL: it is taken */
} results[] = {
	{ SAME OUTPUTS "\"registers\":[]", NULL },
	{ BUILT OUTPUTS "\"registers\":[]", NULL },
	{ FAILED NONE, NULL },
	{ DIFFERS("\"artefact\":\"ESP\"") NONE, NULL },
	/* the verdict and what goes with it */
	{ "\"verdict\":1," PUBLISHED NONE, "verdict" },
	{ "\"verdict\":\"\"," PUBLISHED NONE, "verdict '' is none" },
	{ "\"verdict\":\"failed\",\"failed-at\":\"build\"," DIGESTS NONE, NULL },
	{ "\"verdict\":\"failed\",\"failed-at\":\"stop\"," DIGESTS NONE, "neither lock nor build" },
	{ "\"verdict\":\"failed\",\"failed-at\":7," DIGESTS NONE, "failed-at" },
	{ "\"verdict\":\"failed\"," DIGESTS NONE, "'failed-at' goes with" },
	{ "\"verdict\":\"built\",\"failed-at\":\"lock\"," DIGESTS OUTPUTS "\"registers\":[]",
		"'failed-at' goes with" },
	{ "\"verdict\":\"differs\"," PUBLISHED NONE, "'first-difference' goes with" },
	{ "\"verdict\":\"identical\",\"first-difference\":{\"artefact\":\"ESP\"}," PUBLISHED OUTPUTS
	  "\"registers\":[]",
		"'first-difference' goes with" },
	{ "\"verdict\":\"identical\"," DIGESTS OUTPUTS "\"registers\":[]",
		"'identical' without the published manifest" },
	{ "\"verdict\":\"differs\",\"first-difference\":{\"artefact\":\"ESP\"}," DIGESTS NONE,
		"'differs' without the published manifest" },
	{ "\"verdict\":\"built\"," PUBLISHED OUTPUTS "\"registers\":[]",
		"no manifest was published" },
	{ SAME NONE, "'identical' without the output manifest.json" },
	{ BUILT NONE, "'built' without the output manifest.json" },
	{ SAME "\"outputs\":[{\"name\":\"manifest.json\",\"sha256\":\"" D2 "\"}],\"registers\":[]",
		"is not the published manifest" },
	{ FAILED OUTPUTS "\"registers\":[]", "no outputs and no registers" },
	{ FAILED "\"outputs\":[],\"registers\":[" REGISTER("a", "1") "]",
		"no outputs and no registers" },
	/* the first difference */
	{ "\"verdict\":\"differs\",\"first-difference\":[]," PUBLISHED NONE, "first-difference" },
	{ DIFFERS("\"artefact\":1") NONE, "artefact" },
	{ DIFFERS("\"artefact\":\"\"") NONE, "names no part" },
	{ DIFFERS("\"artefact\":\"/x\"") NONE, "names no part" },
	{ DIFFERS("\"artefact\":\"x/\"") NONE, NULL },
	{ DIFFERS("\"artefact\":\"\\u0000x\"") NONE, "names no part" },
	{ DIFFERS("\"artefact\":\"x\\u0000\"") NONE, "names no part" },
	{ DIFFERS("\"published\":\"" D1 "\",\"artefact\":\"x\"") NONE, "out of order" },
	{ DIFFERS("\"artefact\":\"x\",\"published\":\"" D1 "1\"") NONE,
		"'published' is no digest" },
	{ DIFFERS("\"artefact\":\"x\",\"published\":\"\"") NONE, "'published' is no digest" },
	{ DIFFERS("\"artefact\":\"x\",\"published\":1") NONE, "published" },
	{ DIFFERS("\"artefact\":\"x\",\"rebuilt\":\"" HEX40 "zz\"") NONE,
		"'rebuilt' is no digest" },
	{ DIFFERS("\"artefact\":\"x\",\"rebuilt\":true") NONE, "rebuilt" },
	/* digests */
	{ "\"verdict\":\"failed\",\"failed-at\":\"lock\",\"lock-sha256\":\"" D2 "\"," NONE,
		"description-sha256" },
	{ "\"verdict\":\"failed\",\"failed-at\":\"lock\",\"description-sha256\":\"" D2 "\"," NONE,
		"lock-sha256" },
	{ FAILED "\"published-manifest-sha256\":\"" HEX40 "\"," NONE, "published-manifest-sha256" },
	{ FAILED "\"published-manifest-sha256\":\"" D2 "\"," NONE, NULL },
	/* outputs */
	{ BUILT "\"outputs\":{},\"registers\":[]", "outputs" },
	{ BUILT "\"outputs\":[1],\"registers\":[]", "an output" },
	{ BUILT "\"outputs\":[{\"sha256\":\"" D1 "\",\"name\":\"ESP\"}],\"registers\":[]",
		"out of order" },
	{ BUILT "\"outputs\":[{\"name\":1,\"sha256\":\"" D1 "\"}],\"registers\":[]", "name" },
	{ BUILT "\"outputs\":[{\"name\":\"ESP\",\"sha256\":\"11\"}],\"registers\":[]", "sha256" },
	{ BUILT "\"outputs\":[" OUTPUT("kernel") "," OUTPUT("stub") "," MANIFEST
								    "],\"registers\":[]",
		NULL },
	{ BUILT "\"outputs\":[" OUTPUT("stub") "," OUTPUT("kernel") "," MANIFEST
								    "],\"registers\":[]",
		"'kernel' is none, or stands there twice" },
	{ BUILT "\"outputs\":[" MANIFEST "," MANIFEST "],\"registers\":[]",
		"'manifest.json' is none" },
	{ BUILT "\"outputs\":[" MANIFEST "," OUTPUT("more") "],\"registers\":[]",
		"'more' is none" },
	/* registers */
	{ BUILT OUTPUTS "\"registers\":{}", "registers" },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1000") "]", NULL },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1001") "]", "register" },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("az-09.", "0") "]", NULL },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1") "," REGISTER("a", "1") "]",
		"register 1 of 'a' stands there twice" },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "2") "," REGISTER("a", "1") "]",
		"register 1 of 'a' stands there twice" },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1") "," REGISTER("a", "2") "]", NULL },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1") "," REGISTER("b", "0") "]", NULL },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1") "," REGISTER("b", "0") "," REGISTER(
		  "a", "2") "]",
		"of 'a' do not stand together" },
	{ BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1") "," REGISTER("b", "0") "," REGISTER(
		  "c", "0") "," REGISTER("b", "1") "]",
		"of 'b' do not stand together" },
	{ BUILT OUTPUTS "\"registers\":[{\"platform\":1,\"register\":1,\"sha1\":\"" HEX40 "\"}]",
		"platform" },
	{ BUILT OUTPUTS "\"registers\":[{\"platform\":\"a\",\"register\":1}]", "without a digest" },
	{ BUILT OUTPUTS "\"registers\":[{\"platform\":\"a\",\"register\":1,\"sha1\":\"" D1 "\"}]",
		"sha1" },
	{ BUILT OUTPUTS "\"registers\":[{\"platform\":\"a\",\"register\":1,\"sha1\":\"" HEX40
			"\",\"sha384\":\"" D1 "\"}]",
		"sha384" },
	/* which reference values it gives */
	{ BUILT OUTPUTS "\"registers\":[],\"computed-values-sha256\":\"" D2 "\"", NULL },
	{ BUILT OUTPUTS "\"registers\":[],\"computed-values-sha256\":\"2\"",
		"computed-values-sha256" },
	{ FAILED NONE ",\"computed-values-sha256\":\"" D2 "\"", "of what has no outputs" },
};

static void parts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		struct rebuild_claim c = { .n_outputs = 77 };
		struct err e = { 0 };
		bool ok = parse(&c, results[i].result, "", &e);

		if (!results[i].says) {
			test_report(ok, __FILE__, __LINE__, ok ? "taken" : e.text);
			continue;
		}
		CHECK(!ok && e.kind == ERR_FORMAT && c.n_outputs == 77);
		CHECK(str_starts(str_of(e.text), "result"));
		test_report(strstr(e.text, results[i].says) != NULL, __FILE__, __LINE__, e.text);
	}
}

/* What stands there is what comes of it. */
static void values(void)
{
	static const uint8_t ones[SHA256_SIZE] = "\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11"
						 "\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11"
						 "\x11\x11\x11\x11\x11\x11\x11\x11";
	struct rebuild_claim c = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&c, BUILT OUTPUTS "\"registers\":[],\"computed-values-sha256\":\"" D1 "\"",
			 "", &e),
		e);
	CHECK(c.verdict == REBUILD_CLAIM_BUILT && c.has_values && !c.has_manifest);
	CHECK(!memcmp(c.values_sha256, ones, sizeof ones));
	CHECK_OK(parse(&c, BUILT OUTPUTS "\"registers\":[]", "", &e), e);
	CHECK(!c.has_values && c.n_outputs == 1 && c.n_registers == 0);
	CHECK_OK(parse(&c, SAME OUTPUTS "\"registers\":[]", "", &e), e);
	CHECK(c.has_manifest && !memcmp(c.manifest_sha256, ones, sizeof ones));
	CHECK(!memcmp(c.description_sha256, ones, sizeof ones) && c.lock_sha256[31] == 0x22);
}

static void digests(void)
{
	static const struct {
		const char *hex;
		enum digest_alg alg;
	} cases[] = { { HEX40, DIGEST_SHA1 }, { D1, DIGEST_SHA256 },
		{ D1 "11111111111111111111111111111111", DIGEST_SHA384 },
		{ D1 D1, DIGEST_SHA512 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf text = buf_init(4096);
		struct rebuild_claim c = { 0 };
		struct err e = { 0 };

		buf_printf(&text, DIFFERS("\"artefact\":\"x\",\"published\":\"%s\"") NONE,
			cases[i].hex);
		buf_u8(&text, 0);
		CHECK_OK(parse(&c, (const char *)text.p, "", &e), e);
		CHECK(c.first_published.alg == cases[i].alg && !c.first_rebuilt.alg);
		CHECK(c.first_published.bytes[digest_size(cases[i].alg) - 1] == (i ? 0x11 : 0x10));
	}
}

/* So many letters for a name or a place. */
static bool with_letters(const char *before, size_t n, const char *behind, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 16);
	struct rebuild_claim c = { 0 };

	buf_add_cstr(&text, before);
	buf_fill(&text, 'x', n);
	buf_add_cstr(&text, behind);
	buf_u8(&text, 0);
	return parse(&c, (const char *)text.p, "", e);
}

static void lengths(void)
{
	static const char place[] = "\"verdict\":\"differs\",\"first-difference\":{\"artefact\":\"";
	static const char platform[] = BUILT OUTPUTS "\"registers\":[{\"platform\":\"";
	static const char rest[] = "\",\"register\":1,\"sha1\":\"" HEX40 "\"}]";
	struct err e = { 0 };

	CHECK_OK(with_letters(place, REBUILD_CLAIM_PATH_MAX, "\"}," PUBLISHED NONE, &e), e);
	CHECK_ERR(with_letters(place, REBUILD_CLAIM_PATH_MAX + 1, "\"}," PUBLISHED NONE, &e), e,
		ERR_FORMAT);
	CHECK_OK(with_letters(platform, REBUILD_CLAIM_WORD_MAX, rest, &e), e);
	CHECK_ERR(with_letters(platform, REBUILD_CLAIM_WORD_MAX + 1, rest, &e), e, ERR_FORMAT);
	CHECK_ERR(with_letters(platform, 0, rest, &e), e, ERR_FORMAT);
}

/* Letters beside those that a platform's name is made of. */
static void letters(void)
{
	static const char taken[] = "az09-.", refused[] = "`{/:,_AZ @";

	for (size_t i = 0; i < sizeof taken + sizeof refused - 2; i++) {
		bool want = i < sizeof taken - 1;
		char c = want ? taken[i] : refused[i - (sizeof taken - 1)];
		CLEANUP(buf_done) struct buf text = buf_init(4096);
		struct rebuild_claim claim = { 0 };
		struct err e = { 0 };

		for (int at = 0; at < 2; at++) {
			text.n = 0;
			buf_printf(&text,
				BUILT OUTPUTS "\"registers\":[" REGISTER("%s%c%s", "1") "]",
				at ? "x" : "", c, at ? "" : "x");
			buf_u8(&text, 0);
			CHECK(parse(&claim, (const char *)text.p, "", &e) == want);
			CHECK(want || strstr(e.text, "no name of a platform"));
		}
	}
}

/* n platforms of m registers each. */
static bool many(size_t n, size_t m, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);
	struct rebuild_claim c = { 0 };
	bool ok;

	buf_add_cstr(&text, BUILT OUTPUTS "\"registers\":[");
	for (size_t i = 0; i < n * m; i++)
		buf_printf(&text, "%s" REGISTER("p%zu", "%zu"), i ? "," : "", i / m, i % m);
	buf_add_cstr(&text, "]");
	buf_u8(&text, 0);
	ok = parse(&c, (const char *)text.p, "", e);
	CHECK(!ok || c.n_registers == n * m);
	return ok;
}

static void counts(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 16);
	struct rebuild_claim c = { 0 };
	struct err e = { 0 };

	CHECK_OK(many(64, 1, &e), e);
	CHECK_ERR(many(65, 1, &e), e, ERR_LIMIT);
	CHECK_OK(many(8, REBUILD_CLAIM_REGISTERS_MAX / 8, &e), e);
	CHECK_ERR(many(17, 241, &e), e, ERR_LIMIT); /* one more */
	CHECK(17 * 241 == REBUILD_CLAIM_REGISTERS_MAX + 1);
	for (size_t n = REBUILD_CLAIM_OUTPUTS_MAX; n <= REBUILD_CLAIM_OUTPUTS_MAX + 1; n++) {
		text.n = 0;
		buf_add_cstr(&text, BUILT "\"outputs\":[");
		for (size_t i = 0; i < n; i++)
			buf_printf(&text, "%s" MANIFEST, i ? "," : "");
		buf_add_cstr(&text, "],\"registers\":[]");
		buf_u8(&text, 0);
		CHECK_ERR(parse(&c, (const char *)text.p, "", &e), e,
			n > REBUILD_CLAIM_OUTPUTS_MAX ? ERR_LIMIT : ERR_FORMAT);
	}
}

static const struct {
	const char *by;
	const char *says;
} signers[] = {
	{ "\"name\":1", "name" },
	{ "\"why\":1", "why" },
	{ "\"at\":1", "at" },
	{ "\"at\":\"\"", "'at' must be a time" },
	{ "\"at\":\"2026-03-16\"", "'at' must be a time" },
	{ "\"archive-membership\":\"verified\"", "archive-membership" },
	{ "\"archive-membership\":{}", "verdict" },
	{ "\"archive-membership\":{\"verdict\":\"nearly\"}", "is verified or not" },
	{ "\"archive-membership\":{\"verdict\":1}", "verdict" },
	{ "\"archive-membership\":{\"verdict\":\"not\",\"why\":1}", "why" },
	{ "\"tool\":1", "tool" },
	{ "\"tool\":{}", "version" },
	{ "\"tool\":{\"version\":1}", "version" },
};

static void by(void)
{
	static const char result[] = FAILED NONE;
	struct rebuild_claim c = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(signers); i++) {
		CHECK_ERR(parse(&c, result, signers[i].by, &e), e, ERR_FORMAT);
		CHECK(str_starts(str_of(e.text), "by: "));
		test_report(strstr(e.text, signers[i].says) != NULL, __FILE__, __LINE__, e.text);
	}
	CHECK_OK(parse(&c, result, "", &e), e);
	CHECK(!c.by.has_time && !c.by.archive_verified && !c.by.name.n && !c.by.tool.n);
	CHECK_OK(parse(&c, result,
			 "\"archive-membership\":{\"verdict\":\"not\",\"why\":\"because\"}", &e),
		e);
	CHECK(!c.by.archive_verified && c.by.archive_why.n == 7);
	CHECK_OK(parse(&c, result, "\"archive-membership\":{\"verdict\":\"verified\"}", &e), e);
	CHECK(c.by.archive_verified && !c.by.archive_why.n);
	CHECK_OK(parse(&c, result, "\"at\":\"1970-01-01T00:00:01Z\",\"why\":\"x\",\"more\":1", &e),
		e);
	CHECK(c.by.has_time && c.by.at_unix == 1 && c.by.why.n == 1);
}

/* The predicate's own members. */
static void whole(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "{}", "format" },
		{ "{\"format\":\"assay.rebuild/2\",\"result\":{},\"by\":{}}", "format" },
		{ "{\"format\":\"assay.rebuild/1\",\"by\":{}}", "result" },
		{ "{\"format\":\"assay.rebuild/1\",\"result\":[],\"by\":{}}", "result" },
		{ "{\"format\":\"assay.rebuild/1\",\"result\":{" FAILED NONE "}}", "by" },
		{ "{\"format\":\"assay.rebuild/1\",\"result\":{" FAILED NONE "},\"by\":1}", "by" },
		{ "{\"format\":\"assay.rebuild/1\",\"result\":{" FAILED NONE
		  "},\"by\":{},\"more\":1}",
			"more" },
	};
	struct rebuild_claim c = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_ERR(parse_text(&c, str_span(str_of(bad[i].text)), NULL, &e), e, ERR_FORMAT);
		test_report(strstr(e.text, bad[i].says) != NULL, __FILE__, __LINE__, e.text);
	}
}

/* With less memory than it takes it says so; it takes what it says and no error but that. */
static void memory(void)
{
	CLEANUP(buf_done)
	struct buf text = predicate(BUILT OUTPUTS "\"registers\":[" REGISTER("a", "1") "]", "");
	struct err e = { 0 };
	size_t size = 0;
	bool ok = false;

	for (; !ok && size < MEMORY; size += 16) {
		CLEANUP(arena_freep) struct arena *small = arena_new(size);
		struct rebuild_claim c = { .n_outputs = 77 };

		ok = parse_text(&c, buf_span(&text), small, &e);
		CHECK(ok ? c.n_outputs == 1 : e.kind == ERR_LIMIT && c.n_outputs == 77);
	}
	CHECK(ok && size > 100);
}

int main(void)
{
	parts();
	values();
	digests();
	lengths();
	letters();
	counts();
	by();
	whole();
	memory();
	return test_end();
}
