#include "trust/publication_index.h"

#include "arena_steps.h"
#include "base/buf.h"

static struct arena *a;

static void paths(void)
{
	static const char *const good[] = { "a", "a/b", "archive/objects/ab/cd", "..a", "a..",
		"...", "sbom.spdx.json", "x/publication.json", "\xc3\xa4" };
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", ".", "..", "./a", "../a",
		"a/.", "a/..", "a/../b", "a\nb", "a\\b", "a\x7f", "publication.json" };
	char longest[PUBLICATION_INDEX_PATH_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		test_report(
			publication_index_path_ok(str_of(good[i])), __FILE__, __LINE__, good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		test_report(!publication_index_path_ok(str_of(bad[i])), __FILE__, __LINE__, bad[i]);
	memset(longest, 'x', sizeof longest);
	CHECK(publication_index_path_ok(str_make(longest, sizeof longest - 1)));
	CHECK(!publication_index_path_ok(str_make(longest, sizeof longest)));
}

static void there_and_back(void)
{
	struct publication_file files[] = { { .path = STR("a"), .size = 0 },
		{ .path = STR("a/b"), .size = 3 }, { .path = STR("b"), .size = 5 } };
	struct publication_index p = { STR("hello"), files, ARRAY_LEN(files) }, q;
	CLEANUP(buf_done) struct buf one = buf_init(1 << 16), two = buf_init(1 << 16);
	struct err e = { 0 };

	sha256_of(files[0].sha256, str_span(STR("")));
	sha256_of(files[1].sha256, str_span(STR("abc")));
	publication_index_emit(&one, &p);
	CHECK_OK(publication_index_parse(&q, buf_span(&one), a, &e), e);
	publication_index_emit(&two, &q);
	CHECK(span_equal(buf_span(&one), buf_span(&two)));
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		CHECK(publication_index_find(&q, files[i].path) == &q.files[i]);
	CHECK(!publication_index_find(&q, STR("")) && !publication_index_find(&q, STR("aa")) &&
		!publication_index_find(&q, STR("c")));
	CHECK_OK(publication_index_check(&q, STR("a/b"), str_span(STR("abc")), &e), e);
	CHECK_OK(publication_index_check(&q, STR("a"), str_span(STR("")), &e), e);
	CHECK_ERR(
		publication_index_check(&q, STR("a/b"), str_span(STR("abd")), &e), e, ERR_MISMATCH);
	CHECK_ERR(
		publication_index_check(&q, STR("a/b"), str_span(STR("ab")), &e), e, ERR_MISMATCH);
	CHECK_ERR(publication_index_check(&q, STR("x"), str_span(STR("abc")), &e), e, ERR_NOTFOUND);
	for (size_t n = 0; n + 1 < one.n; n++)
		if (publication_index_parse(&q, span_make(one.p, n), a, &e))
			test_report(false, __FILE__, __LINE__, "cut text is read");
}

static void refuses(void)
{
#define SUM "\"1111111111111111111111111111111111111111111111111111111111111111\""
#define FILE_OF(path, size) "{\"path\":\"" path "\",\"size\":" size ",\"sha256\":" SUM "}"
#define INDEX(files) "{\"format\":\"assay.publication/1\",\"name\":\"x\",\"files\":[" files "]}"
	static const char *const bad[] = { "", "{}", "[]", "{\"format\":\"assay.publication/1\"}",
		"{\"format\":\"assay.publication/2\",\"name\":\"x\",\"files\":[]}",
		"{\"format\":\"assay.publication/1\",\"files\":[]}",
		"{\"format\":\"assay.publication/1\",\"name\":\"x\",\"files\":{}}",
		"{\"format\":\"assay.publication/1\",\"name\":\"x\",\"files\":[],\"policy\":1}",
		INDEX(FILE_OF("b", "1") "," FILE_OF("a", "1")),
		INDEX(FILE_OF("a", "1") "," FILE_OF("a", "1")), INDEX(FILE_OF("../a", "1")),
		INDEX(FILE_OF("/a", "1")), INDEX(FILE_OF("publication.json", "1")),
		INDEX(FILE_OF("a", "-1")), INDEX(FILE_OF("a", "1099511627777")),
		INDEX("{\"path\":\"a\",\"size\":1}"), INDEX("{\"path\":\"a\",\"sha256\":" SUM "}"),
		INDEX("{\"size\":1,\"sha256\":" SUM "}") };
	struct publication_index p;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(publication_index_parse(&p, str_span(str_of(bad[i])), a, &e), e,
			ERR_FORMAT);
	CHECK_OK(publication_index_parse(&p, str_span(STR(INDEX(FILE_OF("a", "1")))), a, &e), e);
}

static bool step(struct arena *little, const void *of, struct err *e)
{
	struct publication_index p = { .n_files = 77 };
	bool ok = publication_index_parse(&p, str_span(str_of(of)), little, e);

	CHECK(p.n_files == (ok ? 1 : 77));
	return ok;
}

/* n files of one byte each. */
static bool read_many(size_t n, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(PUBLICATION_INDEX_SIZE_MAX);
	struct publication_index p;
	bool ok;

	buf_add_cstr(&text, "{\"format\":\"assay.publication/1\",\"name\":\"x\",\"files\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(&text,
			"%s"
			"{\"path\":\"%08zu\",\"size\":1,\"sha256\":" SUM "}",
			i ? "," : "", i);
	buf_add_cstr(&text, "]}");
	CHECK(buf_ok(&text));
	ok = publication_index_parse(&p, buf_span(&text), a, e);
	for (size_t i = 0; ok && i < n; i += n / 97 + 1)
		CHECK(publication_index_find(&p, p.files[i].path) == &p.files[i]);
	return ok;
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf big = buf_init(PUBLICATION_INDEX_SIZE_MAX + 1);
	struct publication_index p;
	struct err e = { 0 };

	arena_steps(step, INDEX(FILE_OF("a", "1")));
	CHECK_OK(publication_index_parse(
			 &p, str_span(STR(INDEX(FILE_OF("a", "1099511627776")))), a, &e),
		e);
	CHECK(p.files[0].size == PUBLICATION_INDEX_FILE_SIZE_MAX);
	for (size_t n = PUBLICATION_INDEX_FILES_MAX; n <= PUBLICATION_INDEX_FILES_MAX + 1; n++) {
		big.n = 0;
		buf_add_cstr(
			&big, "{\"format\":\"assay.publication/1\",\"name\":\"x\",\"files\":[1");
		for (size_t i = 1; i < n; i++)
			buf_add_cstr(&big, ",1");
		buf_add_cstr(&big, "]}");
		CHECK_ERR(publication_index_parse(&p, buf_span(&big), a, &e), e,
			n > PUBLICATION_INDEX_FILES_MAX ? ERR_LIMIT : ERR_FORMAT);
	}
	big.n = 0;
	CHECK_OK(read_many(0, &e), e);
	CHECK_OK(read_many(1000, &e), e);
	buf_fill(&big, ' ', PUBLICATION_INDEX_SIZE_MAX);
	CHECK_ERR(publication_index_parse(&p, buf_span(&big), a, &e), e, ERR_FORMAT);
	buf_u8(&big, ' ');
	CHECK_ERR(publication_index_parse(&p, buf_span(&big), a, &e), e, ERR_LIMIT);
	CHECK(publication_index_path_ok(STR("a b~!")) && !publication_index_path_ok(STR("a\x1f")));
}

int main(void)
{
	a = arena_new(64 << 20);
	paths();
	there_and_back();
	refuses();
	limits();
	arena_free(a);
	return test_end();
}
