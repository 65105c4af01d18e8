#include "diff/deb_read.h"

#include "../make_deb.h"
#include "members_check.h"
#include "test.h"

static bool read_of(struct diff_members *ret, const struct buf *b, struct arena *a, struct err *e)
{
	struct diff_bytes src = diff_bytes_of(buf_span(b));

	return deb_read(ret, &src, a, e);
}

static void package(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct diff_members all = { 0 };
	struct diff_bytes src;
	struct err e = { 0 };

	make_ar_member(&b, "debian-binary", span_make("2.0\n", 4));
	make_ar_member(&b, "control.tar.xz", span_make("odd", 3));
	make_ar_member(&b, "data.tar.xz", span_make("even", 4));
	src = diff_bytes_of(buf_span(&b));
	CHECK_OK(read_of(&all, &b, a, &e), e);
	CHECK(all.n == 3 && all.end == b.n);
	CHECK(str_is(all.list[0].path, "debian-binary") && all.list[0].at == 8);
	CHECK(str_is(all.list[1].path, "control.tar.xz"));
	CHECK(members_holds(&src, &all.list[1], span_make("odd", 3)));
	CHECK(members_holds(&src, &all.list[2], span_make("even", 4)));
}

static void add(struct buf *b, const char *name, const char *body)
{
	buf_printf(b, "%-16s%-12u%-6u%-6u%-8o%-10zu`\n%s%s", name, 1234567890u, 1000u, 100u,
		0100644u, strlen(body), body, strlen(body) & 1 ? "\n" : "");
}

/* A library as GNU ar writes it. */
static void library(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct diff_members all = { 0 };
	struct err e = { 0 };
	const struct diff_member *m;

	buf_add_cstr(&b, "!<arch>\n");
	add(&b, "/", "symbols");
	add(&b, "//",
		"a_name_that_is_long.o/\nanother_name_that_is_long.o/\n"
		"/that_begins_at_the_root.o/\n");
	add(&b, "short.o/", "object");
	add(&b, "/0", "object 1");
	add(&b, "/23", "object 2");
	add(&b, "/52", "object 3");
	CHECK_OK(read_of(&all, &b, a, &e), e);
	m = all.list;
	CHECK(all.n == 6 && str_is(m[0].path, "(index of symbols)"));
	CHECK(str_is(m[2].path, "short.o") && str_is(m[3].path, "a_name_that_is_long.o"));
	CHECK(str_is(m[4].path, "another_name_that_is_long.o"));
	CHECK(str_is(m[5].path, "that_begins_at_the_root.o"));
	CHECK(m[4].mtime_unix == 1234567890 && m[4].uid == 1000 && m[4].gid == 100 &&
		m[4].mode == 0644);
	add(&b, "/999", "no such name");
	CHECK_ERR(read_of(&all, &b, a, &e), e, ERR_FORMAT);
}

static void hostile(void)
{
	static const size_t at[] = { 0, 8 + 40, 8 + 48, 8 + 58 };
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);

	buf_add_cstr(&b, "!<arch>\n");
	add(&b, "name", "body");
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
		struct diff_members all = { 0 };
		struct err e = { 0 };
		uint8_t was = b.p[at[i]];

		b.p[at[i]] = '9';
		CHECK_ERR(read_of(&all, &b, a, &e), e, ERR_FORMAT);
		CHECK(!all.list);
		b.p[at[i]] = was;
	}
}

int main(void)
{
	package();
	library();
	hostile();
	return test_end();
}
