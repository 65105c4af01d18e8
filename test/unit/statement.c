/* Statements as they are written and read, and what in-toto and our form do not allow. */
#include "trust/statement.h"

#include "base/mem.h"
#include "statement_made.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct arena *a;

static bool parse(struct statement *s, struct span text, struct err *e)
{
	arena_free(a);
	a = arena_new(STATEMENT_MEMORY_MAX);
	return statement_parse(s, text, a, e);
}

static bool refused(struct span text)
{
	struct statement s;
	struct err e = { 0 };

	return !parse(&s, text, &e) && (e.kind == ERR_FORMAT || e.kind == ERR_LIMIT) && e.text[0];
}

/* What is read is what was written, to the byte and the digest that the tool prints. */
static void verdicts(void)
{
	static const struct {
		enum rebuild_verdict written;
		enum rebuild_claim_verdict read;
	} cases[] = { { REBUILD_IDENTICAL, REBUILD_CLAIM_IDENTICAL },
		{ REBUILD_DIFFERS, REBUILD_CLAIM_DIFFERS }, { REBUILD_BUILT, REBUILD_CLAIM_BUILT },
		{ REBUILD_FAILED, REBUILD_CLAIM_FAILED } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(statement_made_done)
		struct statement_made m = statement_made(cases[i].written, 7, "somebody");
		const struct rebuild_claim *c;
		struct statement s = { 0 };
		struct err e = { 0 };

		CHECK_OK(parse(&s, buf_span(&m.text), &e), e);
		c = s.rebuild;
		if (!c) {
			CHECK(c);
			continue;
		}
		CHECK(c->verdict == cases[i].read);
		CHECK(!strcmp(rebuild_claim_verdict_name(c->verdict),
			rebuild_verdict_name(cases[i].written)));
		CHECK(span_equal(c->result, buf_span(&m.result)));
		CHECK(!memcmp(c->result_sha256, m.result_sha256, SHA256_SIZE));
		CHECK(str_is(s.predicate_type, REBUILD_CLAIM_TYPE));
		CHECK(str_is(c->by.name, "somebody") && str_is(c->by.tool, "assay 0.1.0"));
		CHECK(c->by.has_time && c->by.at_unix == 1767225607 && c->by.archive_verified);
		CHECK(c->lock_sha256[0] == 4 && c->description_sha256[0] == 3);
		CHECK(c->has_manifest == (cases[i].written != REBUILD_BUILT));
	}
}

static void members(void)
{
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_DIFFERS, 7, NULL);
	CLEANUP(statement_made_done)
	struct statement_made f = statement_made(REBUILD_FAILED, 7, "somebody");
	const struct rebuild_claim_output *disk;
	uint8_t sha256[SHA256_SIZE];
	struct statement s = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&s, buf_span(&m.text), &e), e);
	disk = rebuild_claim_output_find(s.rebuild, "disk.img");
	CHECK(str_is(s.rebuild->first, "disk.img") &&
		s.rebuild->first_published.bytes[0] == (13 ^ 1) &&
		s.rebuild->first_rebuilt.bytes[0] == 13 && disk && disk->sha256[0] == 13);
	CHECK(!rebuild_claim_output_find(s.rebuild, "disk"));
	CHECK(s.rebuild->n_outputs == 10 && s.rebuild->n_registers == 3 && !s.rebuild->by.name.n);
	CHECK(str_is(s.rebuild->registers[2].platform, "qemu-snp") &&
		s.rebuild->registers[1].reg == 11 && s.rebuild->registers[1].n_banks == 2);
	memset(sha256, 13, sizeof sha256);
	CHECK(!statement_is_about(&s, sha256)); /* the subject is what was published */
	sha256[0] ^= 1;
	CHECK(statement_is_about(&s, sha256));
	CHECK_OK(parse(&s, buf_span(&f.text), &e), e);
	CHECK(str_is(s.rebuild->failed_at, "build") && s.rebuild->by.why.n &&
		!s.rebuild->n_outputs);
}

/* The made statement with the first `from` behind `behind` replaced. */
static bool with(struct statement *s, const struct statement_made *m, const char *behind,
	const char *from, const char *to, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(STATEMENT_MADE_MAX * 2);
	CLEANUP(mem_free) char *all = mem_string(buf_str(&m->text));
	char *in = strstr(all, behind), *hit = in ? strstr(in, from) : NULL;

	CHECK(hit);
	if (!hit)
		return false;
	buf_add(&text, all, (size_t)(hit - all));
	buf_add_cstr(&text, to);
	buf_add_cstr(&text, hit + strlen(from));
	return parse(s, buf_span(&text), e);
}

/* No time, machine or folder gets into a result, and no milder word for a difference. */
static void words(void)
{
	static const struct {
		enum rebuild_verdict verdict;
		const char *from, *to;
	} bad[] = {
		{ REBUILD_IDENTICAL, "\"identical\"", "\"equal\"" },
		{ REBUILD_IDENTICAL, "\"identical\"", "\"equal after normalising\"" },
		{ REBUILD_IDENTICAL, "\"identical\"", "\"Identical\"" },
		{ REBUILD_IDENTICAL, "\"identical\"", "\"differs\"" },
		{ REBUILD_IDENTICAL, "\"identical\"", "\"built\"" },
		{ REBUILD_IDENTICAL, "\"identical\"", "\"failed\"" },
		{ REBUILD_DIFFERS, "\"differs\"", "\"identical\"" },
		{ REBUILD_FAILED, "\"failed\"", "\"identical\"" },
		{ REBUILD_FAILED, "\"failed\"", "\"built\"" },
		{ REBUILD_BUILT, "\"built\"", "\"identical\"" },
		{ REBUILD_FAILED, "\"build\"", "\"/home/me/build\"" },
		{ REBUILD_IDENTICAL, "\"outputs\"",
			"\"at\": \"2026-01-01T00:00:00Z\", \"outputs\"" },
		{ REBUILD_IDENTICAL, "\"outputs\"", "\"machine\": \"host\", \"outputs\"" },
		{ REBUILD_IDENTICAL, "\"disk.img\"", "\"/home/me/out/disk.img\"" },
		{ REBUILD_IDENTICAL, "\"disk.img\"", "\"ESP\"" },
		{ REBUILD_IDENTICAL, "\"qemu-vtpm\"", "\"host.example.org/me\"" },
		{ REBUILD_IDENTICAL, "\"register\": 4", "\"register\": 4.0" },
		{ REBUILD_IDENTICAL, "\"register\": 4", "\"register\": 11" },
		{ REBUILD_IDENTICAL, "\"register\": 4", "\"register\": 20260101" },
		{ REBUILD_DIFFERS, "\"artefact\": \"disk.img\"",
			"\"artefact\": \"/home/me/disk.img\"" },
		{ REBUILD_DIFFERS, "\"artefact\": \"disk.img\"", "\"artefact\": \"\"" },
		{ REBUILD_DIFFERS, "\"artefact\": \"disk.img\"",
			"\"artefact\": \"\\u0000disk.img\"" },
		{ REBUILD_DIFFERS, "\"artefact\": \"disk.img\"",
			"\"artefact\": \"disk.img\", \"at\": \"now\"" },
		{ REBUILD_IDENTICAL, "\"verified\"", "\"nearly\"" },
		{ REBUILD_IDENTICAL, "\"at\": \"2026-01", "\"at\": \"2026-31" },
		{ REBUILD_IDENTICAL, "\"0707", "\"070G" },
		{ REBUILD_IDENTICAL, "\"0707", "\"07" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(statement_made_done)
		struct statement_made m = statement_made(bad[i].verdict, 7, "somebody");
		struct statement s = { 0 };
		struct err e = { 0 };

		CHECK_ERR(with(&s, &m, "\"result\"", bad[i].from, bad[i].to, &e), e, ERR_FORMAT);
	}
}

#define TENS "1010101010101010101010101010101010101010101010101010101010101010"

/* Members that the form has not, and parts that do not fit each other. */
static void more(void)
{
	static const struct {
		enum rebuild_verdict verdict;
		const char *behind, *from, *to;
	} bad[] = {
		{ REBUILD_IDENTICAL, "{", "\"predicateType\"",
			"\"at\": \"now\", \"predicateType\"" },
		{ REBUILD_IDENTICAL, "\"result\"", "\"by\"", "\"at\": \"now\", \"by\"" },
		{ REBUILD_IDENTICAL, "\"subject\"", "\"digest\"",
			"\"uri\": \"file:///me\", \"digest\"" },
		{ REBUILD_IDENTICAL, "\"kernel\"", "\"sha256\"", "\"sha1\": \"00\", \"sha256\"" },
		{ REBUILD_IDENTICAL, "\"kernel\"", "\"sha256\"", "\"md5\": \"00\", \"sha256\"" },
		{ REBUILD_IDENTICAL, "\"published-manifest-sha256\"", "1010", "1011" },
		{ REBUILD_DIFFERS, "\"outputs\"", "\"disk.img\"", "\"/home/me/disk.img\"" },
		{ REBUILD_DIFFERS, "\"outputs\"", "\"disk.img\"", "\"ESP\"" },
		{ REBUILD_DIFFERS, "\"outputs\"", "\"disk.img\"", "\"manifest.json\"" },
		{ REBUILD_DIFFERS, "\"registers\"", "\"register\": 0,\n", "\"register\": 0\n" },
		{ REBUILD_DIFFERS, "\"lock-sha256\"", "\"published-manifest-sha256\"", "\"x\"" },
		{ REBUILD_FAILED, "\"result\"", "\"outputs\": []",
			"\"outputs\": [{\"name\": \"ESP\", \"sha256\": \"" HEX "\"}]" },
		{ REBUILD_FAILED, "\"result\"", "\"registers\": []",
			"\"registers\": [{\"platform\": \"x\", \"register\": 1, \"sha256\": \"" HEX
			"\"}]" },
		{ REBUILD_FAILED, "\"result\"", "\"registers\": []", "\"registers\": [{}]" },
		{ REBUILD_IDENTICAL, "\"result\"", "\"description-sha256\"",
			"\"failed-at\": \"lock\", \"description-sha256\"" },
		{ REBUILD_IDENTICAL, "\"result\"", "\"description-sha256\"",
			"\"first-difference\": {\"artefact\": \"ESP\"}, \"description-sha256\"" },
		{ REBUILD_DIFFERS, "\"result\"", "\"published-manifest-sha256\": \"" TENS "\",",
			"" },
		{ REBUILD_DIFFERS, "\"result\"", "\"registers\": [",
			"\"registers\": [{\"platform\": \"a\", \"register\": 1}," },
		{ REBUILD_DIFFERS, "\"result\"", "\"registers\": [",
			"\"registers\": [{\"platform\": \"qemu-snp\", \"register\": 9, \"sha256\": \"" HEX
			"\"}," },
		{ REBUILD_DIFFERS, "\"registers\"", "\"qemu-snp\"", "\"\"" },
		{ REBUILD_DIFFERS, "\"registers\"", "\"qemu-snp\"", "\"Host\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(statement_made_done)
		struct statement_made m = statement_made(bad[i].verdict, 7, "somebody");
		struct statement s = { 0 };
		struct err e = { 0 };

		CHECK_ERR(with(&s, &m, bad[i].behind, bad[i].from, bad[i].to, &e), e, ERR_FORMAT);
	}
}

/* Spelling that means the same gives the same canonical bytes. */
static void spellings(void)
{
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_IDENTICAL, 7, "somebody");
	struct statement s = { 0 };
	struct err e = { 0 };

	CHECK_OK(with(&s, &m, "\"result\"", "\"disk.img\"", "\n \"disk\\u002eimg\" ", &e), e);
	CHECK(span_equal(s.rebuild->result, buf_span(&m.result)));
	CHECK(!memcmp(s.rebuild->result_sha256, m.result_sha256, SHA256_SIZE));
}

/* ---- others' predicates ---- */

#define SUBJECT "\"subject\":[{\"digest\":{\"sha256\":\"" HEX "\"}}]"
#define HEAD "{\"_type\":\"https://in-toto.io/Statement/v1\","

static void foreign(void)
{
	static const char *const good[] = {
		HEAD SUBJECT
		",\"predicateType\":\"https://slsa.dev/provenance/v1\",\"predicate\":{}}",
		HEAD SUBJECT ",\"predicateType\":\"t\",\"predicate\":{\"a\":[1.5]},\"more\":{}}",
		HEAD
		"\"subject\":[{\"name\":\"x\",\"uri\":\"u\",\"digest\":{\"gitCommit\":\"c0\",\"sha256\":\"" HEX
		"\"}},{\"digest\":{\"x\":\"y\"}}],\"predicateType\":\"t\",\"predicate\":{}}",
	};
	static const char *const bad[] = { "", "[]", "{}", HEAD "}",
		HEAD SUBJECT ",\"predicateType\":\"t\"}", HEAD SUBJECT ",\"predicate\":{}}",
		HEAD "\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD "\"subject\":[],\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD "\"subject\":{},\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD "\"subject\":[1],\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD "\"subject\":[{\"name\":\"x\"}],\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD "\"subject\":[{\"digest\":{}}],\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD
		"\"subject\":[{\"digest\":{\"sha256\":\"00\"}}],\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD
		"\"subject\":[{\"digest\":{\"x\":\"\"}}],\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD
		"\"subject\":[{\"digest\":{\"x\":1}}],\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD SUBJECT ",\"predicateType\":\"\",\"predicate\":{}}",
		HEAD SUBJECT ",\"predicateType\":1,\"predicate\":{}}",
		HEAD SUBJECT ",\"predicateType\":\"t\",\"predicate\":[]}",
		HEAD SUBJECT "," SUBJECT ",\"predicateType\":\"t\",\"predicate\":{}}",
		HEAD SUBJECT ",\"predicateType\":\"" REBUILD_CLAIM_TYPE "\",\"predicate\":{}}",
		"{\"_type\":\"https://in-toto.io/Statement/v0.1\"," SUBJECT
		",\"predicateType\":\"t\",\"predicate\":{}}" };
	uint8_t sha256[SHA256_SIZE];

	for (size_t i = 0; i < SHA256_SIZE; i++)
		sha256[i] = (uint8_t)((2 * i % 16) << 4 | (2 * i + 1) % 16);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct statement s = { 0 };
		struct err e = { 0 };

		CHECK_OK(parse(&s, str_span(str_of(good[i])), &e), e);
		CHECK(!s.rebuild && s.predicate && s.n_subjects && statement_is_about(&s, sha256));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(refused(str_span(str_of(bad[i]))));
}

/* n letters as the name of a digest's algorithm, or as the digest. */
static bool with_digest(size_t n_name, size_t n_text, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(8192);
	struct statement s = { 0 };

	buf_add_cstr(&text, HEAD "\"subject\":[{\"digest\":{\"");
	buf_fill(&text, 'x', n_name);
	buf_add_cstr(&text, "\":\"");
	buf_fill(&text, 'y', n_text);
	buf_add_cstr(&text, "\"}}],\"predicateType\":\"t\",\"predicate\":{}}");
	return parse(&s, buf_span(&text), e);
}

static void digests(void)
{
	static const struct {
		const char *digest;
		bool taken;
	} cases[] = { { "\"sha256\":\"" HEX "\"", true },
		{ "\"sha256\":\"" HEX "\",\"x\":\"y\"", true },
		{ "\"sha256\":\"" HEX "\",\"x\":\"\"", false },
		{ "\"x\":\"y\",\"sha256\":\"" HEX "00\"", false },
		{ "\"sha384\":\"" HEX "\"", false }, { "\"sha512\":\"" HEX HEX "\"", true },
		{ "\"sha512\":\"" HEX "\"", false }, { "\"sha256\":7", false },
		{ "\"x\":[\"y\"]", false }, { "\"SHA256\":\"y\"", true } };
	struct err e = { 0 };

	CHECK_OK(with_digest(1, 1, &e), e);
	CHECK_OK(with_digest(64, 1024, &e), e);
	CHECK_ERR(with_digest(0, 1, &e), e, ERR_FORMAT);
	CHECK_ERR(with_digest(65, 1, &e), e, ERR_FORMAT);
	CHECK_ERR(with_digest(1, 0, &e), e, ERR_FORMAT);
	CHECK_ERR(with_digest(1, 1025, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "statement: subject 1: ") && strstr(e.text, "no digest of that name"));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf text = buf_init(8192);
		struct statement s = { 0 };

		buf_printf(&text,
			HEAD
			"\"subject\":[{\"digest\":{%s}}],\"predicateType\":\"t\",\"predicate\":{}}",
			cases[i].digest);
		CHECK(parse(&s, buf_span(&text), &e) == cases[i].taken);
	}
}

/* The subjects of what is identical are its outputs and registers, to each digest and each name. */
static void subjects(void)
{
	static const struct {
		const char *behind, *from, *to;
	} bad[] = {
		{ "\"subject\"", "\"qemu-vtpm PCR 11\"", "\"qemu-vtpm\"" },
		{ "\"subject\"", "\"qemu-vtpm PCR 11\"", "\"qemu-vtpm-PCR 11\"" },
		{ "\"subject\"", "\"qemu-vtpm PCR 11\"", "\"qemu-vtpn PCR 11\"" },
		{ "\"subject\"", "\"qemu-vtpm PCR 11\"", "\"qemu PCR 11\"" },
		{ "\"subject\"", "\"qemu-vtpm PCR 11\"", "\"\"" },
		{ "\"qemu-vtpm PCR 11\"", "\"sha256\": \"0", "\"sha256\": \"1" },
		{ "\"qemu-vtpm PCR 11\"", "\"sha384\": \"0", "\"sha384\": \"1" },
		{ "\"qemu-vtpm PCR 11\"", "\"sha384\"", "\"x\"" },
		{ "\"qemu-vtpm PCR 11\"", "\"sha256\"", "\"x\": \"y\", \"sha256\"" },
		{ "\"subject\"", "\"kernel\"", "\"stub\"" },
		{ "\"kernel\"", "\"sha256\": \"0", "\"sha256\": \"1" },
		{ "\"kernel\"", "\"sha256\"", "\"x\": \"y\", \"sha256\"" },
		{ "\"kernel\"", "\"sha256\"", "\"x\"" },
		{ "\"subject\"", "[", "[{\"name\":\"a\",\"digest\":{\"x\":\"y\"}}," },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		for (int built = 0; built < 2; built++) {
			CLEANUP(statement_made_done)
			struct statement_made m = statement_made(
				built ? REBUILD_BUILT : REBUILD_IDENTICAL, 7, "somebody");
			struct statement s = { 0 };
			struct err e = { 0 };

			CHECK_ERR(with(&s, &m, bad[i].behind, bad[i].from, bad[i].to, &e), e,
				ERR_FORMAT);
			test_report(strstr(e.text, "the subjects are not") != NULL, __FILE__,
				__LINE__, e.text);
		}
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf big = buf_init(STATEMENT_SIZE_MAX + 2);
	CLEANUP(arena_freep) struct arena *small = arena_new(4096);
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_IDENTICAL, 7, "somebody");
	struct statement s = { 0 };
	struct err e = { 0 };

	buf_fill(&big, ' ', STATEMENT_SIZE_MAX + 1);
	CHECK_ERR(parse(&s, buf_span(&big), &e), e, ERR_LIMIT);
	CHECK_ERR(statement_parse(&s, buf_span(&m.text), small, &e), e, ERR_LIMIT);
	big.n = 0;
	buf_add(&big, m.text.p, m.text.n);
	buf_fill(&big, ' ', STATEMENT_SIZE_MAX - big.n);
	CHECK_OK(parse(&s, buf_span(&big), &e), e);
}

/* With less memory than it takes it says so, wherever it ends. */
static void memory(void)
{
	static const char text[] = HEAD SUBJECT
		",\"predicateType\":\"t\",\"predicate\":{\"a\":[1]}}";
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_IDENTICAL, 7, "somebody");
	const struct span texts[] = { str_span(str_of(text)), buf_span(&m.text) };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		size_t size = 0;
		bool ok = false;

		for (; !ok && size < STATEMENT_MEMORY_MAX; size += 16) {
			CLEANUP(arena_freep) struct arena *little = arena_new(size);
			struct statement s = { .n_subjects = 77 };

			ok = statement_parse(&s, texts[i], little, &e);
			CHECK(ok ? s.n_subjects && !s.rebuild == !i
				 : e.kind == ERR_LIMIT && s.n_subjects == 77);
		}
		CHECK(ok);
	}
}

/* The name of a digest has 1 to 64 characters, its text up to 1024. */
static void digest_names(void)
{
	static const struct {
		size_t name, text;
		bool ok;
	} cases[] = { { 0, 2, false }, { 1, 2, true }, { 64, 2, true }, { 65, 2, false },
		{ 1, 1024, true }, { 1, 1025, false }, { 1, 0, false } };
	char name[100], text[2000], whole[3000];
	struct statement s;
	struct err e = { 0 };

	memset(name, 'n', sizeof name);
	memset(text, 'a', sizeof text);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(whole, sizeof whole,
			HEAD "\"subject\":[{\"digest\":{\"%.*s\":\"%.*s\"}}],"
			     "\"predicateType\":\"t\",\"predicate\":{}}",
			(int)cases[i].name, name, (int)cases[i].text, text);
		CHECK(parse(&s, str_span(str_of(whole)), &e) == cases[i].ok);
	}
}

int main(void)
{
	verdicts();
	members();
	words();
	more();
	spellings();
	foreign();
	digests();
	subjects();
	limits();
	memory();
	digest_names();
	arena_free(a);
	return test_end();
}
